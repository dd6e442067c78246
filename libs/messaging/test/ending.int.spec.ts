import { jest } from '@jest/globals';
import { createInMemoryEventStore } from '@mooring/event-store';
import { startFaultyProxy, eventually } from '@mooring/testing';
import { WatchBegun } from '@mooring/contracts';
import { connectBus, createConsumer, runRelay, sourceOf, type RelayStatus } from '../src/index.ts';
import { toCloudEvent } from './events.ts';
import { startOpenNats } from './harness.ts';

jest.setTimeout(60_000);

/** What a stop may take of the ten seconds that a service has. */
const ENDS_WITHIN_MS = 3_000;

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
