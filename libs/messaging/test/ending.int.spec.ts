import { jest } from '@jest/globals';
import { createInMemoryEventStore } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { startFaultyProxy, eventually } from '@mooring/testing';
import { ChangesDropped, WatchBegun } from '@mooring/contracts';
import {
  connectBus,
  createConsumer,
  runOutbox,
  runRelay,
  sourceOf,
  type OutboxStore,
  type OutgoingMessage,
  type RelayStatus,
} from '../src/index.ts';
import { toCloudEvent, watchBegun } from './events.ts';
import { startOpenNats } from './harness.ts';

jest.setTimeout(60_000);

/** What a stop may take of the ten seconds that a service has. */
const ENDS_WITHIN_MS = 3_000;

/** What an outbox reads at once: two such rounds fill what may be in flight. */
const MESSAGES_A_ROUND = 32;

/** Milliseconds until `work` is done. */
async function took(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

describe.each(['refused', 'stalled'] as const)('while the way to NATS is %s', (way) => {
  it('a relay that is told to stop has ended soon', async () => {
    await using open = await startOpenNats();
    await using proxy = await startFaultyProxy(open.nats.port);
    await using bus = await connectBus({ servers: proxy.urlFor(open.nats.url), name: 'relay' });
    const stopping = new AbortController();
    let status: RelayStatus | undefined;
    const relay = runRelay({
      bus,
      producer: 'discovery',
      store: createInMemoryEventStore(),
      prefixes: ['watch-'],
      toCloudEvent,
      signal: stopping.signal,
      onStatus: (now) => (status = now),
    });
    await eventually(() => status?.state === 'publishing');
    await proxy.become(way);
    if (way === 'refused') await eventually(() => bus.status().state === 'reconnecting');
    proxy.cut();
    stopping.abort();
    expect(await took(relay)).toBeLessThan(ENDS_WITHIN_MS);
  });

  it('a consumer that is told to stop has ended soon', async () => {
    await using open = await startOpenNats();
    await using proxy = await startFaultyProxy(open.nats.port);
    await using bus = await connectBus({ servers: proxy.urlFor(open.nats.url), name: 'consumer' });
    const consumer = createConsumer({
      bus,
      consumer: 'connections',
      sources: [sourceOf({ consumer: 'connections', producer: 'discovery' })],
      wanted: (type) => type === WatchBegun.type,
      handle: () => Promise.resolve(),
    });
    await eventually(() => consumer.lag().get('connections-from-discovery') === 0);
    await proxy.become(way);
    if (way === 'refused') await eventually(() => bus.status().state === 'reconnecting');
    expect(await took(consumer.close(10_000))).toBeLessThan(ENDS_WITHIN_MS);
  });
});

describe('a relay that is told to stop while it looks where its stream ends', () => {
  it('has ended soon', async () => {
    await using open = await startOpenNats();
    await using proxy = await startFaultyProxy(open.nats.port);
    await using bus = await connectBus({ servers: proxy.urlFor(open.nats.url), name: 'relay' });
    await proxy.become('stalled');
    const stopping = new AbortController();
    const relay = runRelay({
      bus,
      producer: 'discovery',
      store: createInMemoryEventStore(),
      prefixes: ['watch-'],
      toCloudEvent,
      signal: stopping.signal,
    });
    setImmediate(() => stopping.abort());
    expect(await took(relay)).toBeLessThan(ENDS_WITHIN_MS);
  });
});

describe('while NATS stands still and nothing more may be in flight', () => {
  it('a relay that is told to stop has ended soon', async () => {
    await using open = await startOpenNats();
    await using proxy = await startFaultyProxy(open.nats.port);
    await using bus = await connectBus({ servers: proxy.urlFor(open.nats.url), name: 'relay' });
    const store = createInMemoryEventStore();
    const stopping = new AbortController();
    const window = 4;
    let published = 0;
    let status: RelayStatus | undefined;
    const relay = runRelay({
      bus,
      producer: 'discovery',
      store,
      prefixes: ['watch-'],
      toCloudEvent(stored) {
        published += 1;
        return toCloudEvent(stored);
      },
      signal: stopping.signal,
      onStatus: (now) => (status = now),
      window,
    });
    await eventually(() => status?.state === 'publishing');
    await proxy.become('stalled');
    const connectionId = randomUuid();
    await store.append(
      `watch-${connectionId}`,
      'no_stream',
      Array.from({ length: 2 * window }, (_, n) => watchBegun(connectionId, n + 1)),
    );
    await eventually(() => published === window);
    stopping.abort();
    expect(await took(relay)).toBeLessThan(ENDS_WITHIN_MS);
    expect(published).toBe(window);
  });

  it('an outbox that is told to stop has ended soon', async () => {
    await using open = await startOpenNats();
    await using proxy = await startFaultyProxy(open.nats.port);
    await using bus = await connectBus({ servers: proxy.urlFor(open.nats.url), name: 'outbox' });
    const stopping = new AbortController();
    const message = (_: unknown, n: number): OutgoingMessage => ({
      place: BigInt(n + 1),
      id: randomUuid(),
      type: ChangesDropped.type,
      subject: randomUuid(),
      number: 1n,
      data: new TextEncoder().encode('{}'),
    });
    const messages = Array.from({ length: 1_000 }, message);
    let isStalled = false;
    let inHand = 0;
    const store: OutboxStore = {
      position: () => Promise.resolve(0),
      waiting(held, max) {
        inHand = held.length;
        return Promise.resolve(isStalled ? messages.filter(({ place }) => !held.includes(place)).slice(0, max) : []);
      },
      take: () => Promise.resolve(),
      recognise: () => Promise.resolve(),
      lost: () => Promise.resolve(),
    };
    let asked = 0;
    const outbox = runOutbox({
      ...{ bus, store, signal: stopping.signal },
      async more() {
        asked += 1;
        await proxy.become('stalled');
        isStalled = true;
      },
    });
    await eventually(() => asked === 1 && inHand >= MESSAGES_A_ROUND);
    stopping.abort();
    expect(await took(outbox)).toBeLessThan(ENDS_WITHIN_MS);
  });
});
