import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUuid } from '@mooring/kernel';
import { eventually, startFaultyProxy, startTestEventStore, type TestEventStore } from '@mooring/testing';
import { register } from 'prom-client';
import { createEventStore, type EventStore, type FollowStatus, type NewEvent, type StoredEvent } from '../src/index.ts';

const newEvent = (n: number): NewEvent => ({
  id: randomUuid(),
  type: 'Counted',
  data: { n },
  metadata: { $correlationId: 'op', schemaVersion: 1, systemId: 'test' },
});

async function collect(stream: AsyncIterable<StoredEvent>): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** How often an append was sent again, by the library's own count. */
const repeats = async (): Promise<number> =>
  (await register.getSingleMetric('mooring_event_store_append_repeats_total')?.get())?.values[0]?.value ?? 0;

/** Follows in the background until disposed. */
function following(store: EventStore, prefix: string) {
  const controller = new AbortController();
  const events: StoredEvent[] = [];
  const statuses: FollowStatus[] = [];
  const done = store
    .follow({
      prefixes: [prefix],
      from: 'start',
      signal: controller.signal,
      handle: (batch) => {
        events.push(...batch.events);
        return Promise.resolve();
      },
      onStatus: (status) => statuses.push(status),
    })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  return {
    events,
    statuses,
    done,
    async [Symbol.asyncDispose]() {
      controller.abort();
      await done;
    },
  };
}

describe('a store that is cut off', () => {
  let node: TestEventStore;
  let store: EventStore;

  beforeEach(async () => {
    node = await startTestEventStore({ slowSubscribers: 'disconnect' });
    store = createEventStore({ connectionString: node.connectionString, appendTimeoutMs: 20_000 });
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await node[Symbol.asyncDispose]();
  });

  it('passes over an answer whose append was given up when the stream of another store in this process ended', async () => {
    await using proxy = await startFaultyProxy(node.port);
    await using slow = createEventStore({ connectionString: proxy.urlFor(node.connectionString) });
    await using other = createEventStore({ connectionString: node.connectionString });
    await slow.append('w-slow', 'no_stream', [newEvent(0)]);
    await other.append('w-other', 'no_stream', [newEvent(0)]);
    await proxy.become({ delayMs: 300 });
    for (let n = 1; n <= 5; n += 1) {
      const sent = proxy.bytesFromClients;
      const appending = slow.append('w-slow', BigInt(n - 1), [newEvent(n)]);
      await eventually(() => proxy.bytesFromClients > sent);
      await other[Symbol.asyncDispose]();
      expect((await appending).revision).toBe(BigInt(n));
    }
  }, 30_000);

  it('never takes a stream for empty because another read gave the connection up', async () => {
    await store.append('w-there', 'no_stream', [newEvent(0)]);
    const reader = createEventStore({ connectionString: node.connectionString, readTimeoutMs: 4_000 });
    await using follower = following(reader, 'w-');
    await eventually(() => follower.events.length === 1);
    await node.crash();
    const reads = await Promise.allSettled(Array.from({ length: 6 }, () => collect(reader.read('w-there'))));
    expect(reads.map((read) => (read.status === 'rejected' ? 'rejected' : read.value.length))).toEqual(
      Array.from({ length: 6 }, () => 'rejected'),
    );
    await reader[Symbol.asyncDispose]();
  }, 30_000);

  it.each([
    ['killed', () => node.crash()],
    ['stopped', () => node.stop()],
  ])(
    'loses and repeats nothing when the node is %s and comes back, with many appends in flight',
    async (_, end) => {
      const writers = 40;
      const each = 60;
      await using follower = following(store, 'w-');
      let written = 0;
      const writing = Promise.all(
        Array.from({ length: writers }, async (_writer, writer) => {
          for (let n = 0; n < each; n += 1) {
            const { revision } = await store.append(`w-${writer}`, n === 0 ? 'no_stream' : BigInt(n - 1), [
              newEvent(n),
            ]);
            expect(revision).toBe(BigInt(n));
            written += 1;
          }
        }),
      );
      for (const part of [0.2, 0.5]) {
        await eventually(() => written > writers * each * part, { timeoutMs: 20_000 });
        await end();
        await node.restart();
      }
      await writing;
      await eventually(() => follower.events.length >= writers * each, { timeoutMs: 20_000 });
      const seen = follower.events.map(({ streamName, revision }) => `${streamName}@${revision.toString()}`);
      expect(new Set(seen).size).toBe(writers * each);
      expect(seen).toHaveLength(writers * each);
      for (let writer = 0; writer < writers; writer += 1) {
        expect((await collect(store.read(`w-${writer}`))).map(({ data }) => data['n'])).toEqual(
          Array.from({ length: each }, (_each, n) => n),
        );
      }
      const positions = follower.events.map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
    },
    60_000,
  );

  it('keeps up with bursts though the server drops whoever is behind', async () => {
    await using follower = following(store, 'b-');
    await eventually(() => follower.statuses.at(-1)?.state === 'live');
    for (let n = 0; n < 40; n += 1) {
      await store.append(
        `b-1`,
        n === 0 ? 'no_stream' : BigInt(n * 100 - 1),
        Array.from({ length: 100 }, (_, i) => newEvent(n * 100 + i)),
      );
    }
    await eventually(() => follower.events.length >= 4_000, { timeoutMs: 20_000 });
    expect(follower.events.map(({ data }) => data['n'])).toEqual(Array.from({ length: 4_000 }, (_, n) => n));
    expect(follower.statuses.filter(({ lastError }) => lastError?.code === 'timeout').length).toBeGreaterThan(0);
  }, 60_000);

  it('says unavailable when nothing was sent', async () => {
    await node.crash();
    await using impatient = createEventStore({
      connectionString: node.connectionString,
      appendTimeoutMs: 300,
      readTimeoutMs: 300,
    });
    await expect(impatient.append('u-1', 'no_stream', [newEvent(0)])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(collect(impatient.read('u-1'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says outcome-unknown when there is no answer, and the repeat with the same ids has its effect once', async () => {
    await using impatient = createEventStore({ connectionString: node.connectionString, appendTimeoutMs: 700 });
    const created = await impatient.append('o-1', 'no_stream', [newEvent(0)]);
    const events = [newEvent(1), newEvent(2)];
    process.kill(node.pid(), 'SIGSTOP');
    try {
      await expect(impatient.append('o-1', created.revision, events)).rejects.toMatchObject({
        code: 'outcome-unknown',
      });
    } finally {
      process.kill(node.pid(), 'SIGCONT');
    }
    const repeated = await store.append('o-1', created.revision, events);
    expect(repeated.revision).toBe(2n);
    expect((await collect(store.read('o-1'))).map(({ data }) => data['n'])).toEqual([0, 1, 2]);
  }, 30_000);

  it('goes on by itself after the node hung', async () => {
    await using follower = following(store, 'h-');
    await store.append('h-1', 'no_stream', [newEvent(0)]);
    process.kill(node.pid(), 'SIGSTOP');
    const appending = Promise.all(
      Array.from({ length: 30 }, (_, n) => store.append(`h-${n + 2}`, 'no_stream', [newEvent(n)])),
    );
    try {
      const before = await repeats();
      await eventually(async () => (await repeats()) > before, { timeoutMs: 10_000 });
    } finally {
      process.kill(node.pid(), 'SIGCONT');
    }
    await appending;
    await eventually(() => follower.events.length >= 31, { timeoutMs: 20_000 });
    expect(new Set(follower.events.map(({ id }) => id)).size).toBe(31);
    expect(follower.events).toHaveLength(31);
  }, 60_000);

  it('does not follow a store that was put back to an older copy', async () => {
    const copy = join(node.dataFolder, 'copy');
    const data = join(node.dataFolder, 'data');
    await store.append('r-1', 'no_stream', [newEvent(0)]);
    await node.stop();
    await cp(data, copy, { recursive: true });
    await node.restart();
    await using follower = following(store, 'r-');
    await store.append('r-1', 0n, [newEvent(1), newEvent(2)]);
    await eventually(() => follower.events.length === 3);
    await node.stop();
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    await node.restart();
    expect(await follower.done).toMatchObject({ code: 'corrupt' });
  }, 30_000);
});
