import { randomUuid } from '@mooring/kernel';
import { eventually, startTestEventStore, type TestEventStore } from '@mooring/testing';
import { createEventStore, type EventStore, type FollowStatus, type NewEvent, type StoredEvent } from '../src/index.ts';
import { startGrpcProxy, type GrpcProxy } from './grpc-proxy.ts';

const newEvent = (n: number): NewEvent => ({
  id: randomUuid(),
  type: 'Counted',
  data: { n },
  metadata: { $correlationId: 'op', schemaVersion: 1, systemId: 'test' },
});

const readAll = async (store: EventStore, streamName: string): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const event of store.read(streamName)) events.push(event);
  return events;
};

/** Follows in the background until disposed. */
function following(store: EventStore, prefix: string) {
  const controller = new AbortController();
  const seen: StoredEvent[] = [];
  const statuses: FollowStatus[] = [];
  let failure: unknown;
  const done = store
    .follow({
      prefixes: [prefix],
      from: 'start',
      signal: controller.signal,
      batchMax: 2,
      handle: ({ events }) => {
        seen.push(...events);
        return Promise.resolve();
      },
      onStatus: (status) => statuses.push(status),
    })
    .catch((thrown: unknown) => {
      failure = thrown;
    });
  return {
    seen,
    statuses,
    failure: () => failure,
    async [Symbol.asyncDispose]() {
      controller.abort();
      await done;
    },
  };
}

const GRPC_STATUSES = Array.from({ length: 17 }, (_, status) => status);
const NOT_LEADER = (port: number) => ({
  exception: 'not-leader',
  'leader-endpoint-host': '127.0.0.1',
  'leader-endpoint-port': String(port),
});

describe('an event store that ends calls as it likes', () => {
  let node: TestEventStore;
  let proxy: GrpcProxy;
  let direct: EventStore;
  let store: EventStore;

  beforeAll(async () => {
    node = await startTestEventStore();
  }, 60_000);
  beforeEach(async () => {
    proxy = await startGrpcProxy(node.port);
    direct = createEventStore({ connectionString: node.connectionString });
    store = createEventStore({ connectionString: proxy.connectionString });
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await direct[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });
  afterAll(() => node[Symbol.asyncDispose]());

  const write = async (streamName: string, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1)
      await direct.append(streamName, n === 0 ? 'no_stream' : BigInt(n - 1), [newEvent(n)]);
  };
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

  it.each(GRPC_STATUSES)(
    'a follower whose every subscription ends with status %i goes on at once, with no gap and no repeat',
    async (status) => {
      const prefix = `f${status}x`;
      await write(`${prefix}-1`, 24);
      // The confirmation and three events, and it is over.
      proxy.become({ method: 'Read', afterMessages: 4, status, times: 8 });
      const startedAt = performance.now();
      await using follower = following(store, prefix);
      await eventually(() => follower.seen.length >= 24, { timeoutMs: 10_000 });
      expect(follower.seen.map(({ data }) => data['n'])).toEqual(numbers(24));
      expect(performance.now() - startedAt).toBeLessThan(4_000);
      expect(proxy.treated).toBeGreaterThan(6);
      expect(follower.failure()).toBeUndefined();
    },
    20_000,
  );

  it.each(GRPC_STATUSES)(
    'a follower that gets status %i for its question where it was goes on, and does not take the store for another',
    async (status) => {
      const prefix = `q${status}x`;
      await write(`${prefix}-1`, 6);
      await using follower = following(store, prefix);
      await eventually(() => follower.seen.length === 6);
      // Whatever it asks next is refused: the subscription in hand, and what it looks up before the next one.
      proxy.become({ method: 'Read', afterMessages: 0, status, times: 3 });
      await direct.append(`${prefix}-2`, 'no_stream', numbers(4).map(newEvent));
      await eventually(() => follower.seen.length >= 10, { timeoutMs: 10_000 });
      expect(follower.seen).toHaveLength(10);
      expect(follower.failure()).toBeUndefined();
    },
    20_000,
  );

  it.each(GRPC_STATUSES)(
    'an append that was stored and answered with status %i has its effect once, and its repeat says where',
    async (status) => {
      const events = [newEvent(0), newEvent(1)];
      const streamName = `a${status}x-1`;
      proxy.become({ method: 'BatchAppend', afterMessages: 0, status, times: 1 });
      const first = await store.append(streamName, 'no_stream', events).catch((thrown: unknown) => thrown);
      if (first instanceof Error) expect(first).toMatchObject({ code: expect.stringMatching(/^(denied|limit)$/) });
      else expect(first).toMatchObject({ revision: 1n });
      expect(await store.append(streamName, 'no_stream', events)).toMatchObject({ revision: 1n });
      expect((await readAll(direct, streamName)).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
      expect(proxy.treated).toBe(1);
    },
    20_000,
  );

  it('an append that was stored and answered Timeout has its effect once, and is answered where it is', async () => {
    const events = [newEvent(0), newEvent(1)];
    proxy.become({ method: 'BatchAppend', afterMessages: 0, instead: timeoutInPlaceOf, times: 2 });
    expect(await store.append('t-1', 'no_stream', events)).toMatchObject({ revision: 1n });
    expect(proxy.treated).toBe(2);
    expect((await readAll(direct, 't-1')).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  }, 20_000);

  it('an append to a node that is not the leader any more goes to the one that is, once', async () => {
    await using leader = await startGrpcProxy(node.port);
    const earlier = [newEvent(0)];
    await store.append('l-1', 'no_stream', earlier);
    proxy.become({ method: 'BatchAppend', afterMessages: 0, status: 5, trailers: NOT_LEADER(leader.port), times: 100 });
    const events = [newEvent(1), newEvent(2)];
    expect(await store.append('l-1', 0n, events)).toMatchObject({ revision: 2n });
    expect((await readAll(direct, 'l-1')).map(({ id }) => id)).toEqual([...earlier, ...events].map(({ id }) => id));
  }, 20_000);

  it('a follower that is told that the leader moved goes on, with no gap and no repeat', async () => {
    await write('m-1', 12);
    proxy.become({ method: 'Read', afterMessages: 4, status: 5, trailers: NOT_LEADER(proxy.port), times: 3 });
    await using follower = following(store, 'm-');
    await eventually(() => follower.seen.length >= 12, { timeoutMs: 10_000 });
    expect(follower.seen.map(({ data }) => data['n'])).toEqual(numbers(12));
  }, 20_000);
});

/** The answer of a server that stored what it was asked to and says, in the same place, that it took too long. */
function timeoutInPlaceOf(success: Buffer): Buffer {
  const typeUrl = field(1, Buffer.from('type.googleapis.com/event_store.client.Timeout'));
  const error = Buffer.concat([Buffer.from([0x08, 4]), field(2, Buffer.from('Timeout')), field(3, typeUrl)]);
  const parts = fieldsOf(success);
  const kept = (number: number): Buffer[] =>
    parts.filter((part) => part.number === number).map(({ bytes }) => field(number, bytes));
  return Buffer.concat([...kept(1), field(2, error), ...kept(4)]);
}

/** A length-delimited field of a protobuf message, shorter than 128 bytes. */
const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);

function fieldsOf(message: Buffer): readonly { readonly number: number; readonly bytes: Buffer }[] {
  const fields: { number: number; bytes: Buffer }[] = [];
  for (let at = 0; at + 1 < message.length;) {
    const length = message[at + 1] ?? 0;
    fields.push({ number: (message[at] ?? 0) >> 3, bytes: message.subarray(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  return fields;
}
