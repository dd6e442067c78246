import { jest } from '@jest/globals';
import { createInMemoryEventStore } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { eventually, startFaultyProxy } from '@mooring/testing';
import { connectBus, runRelay, type RelayStatus } from '../src/index.ts';
import { toCloudEvent, watchBegun } from './events.ts';
import { startOpenNats } from './harness.ts';

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;
const realNow = Date.now.bind(Date);
const jump = (byMs: number): void => void (Date.now = () => realNow() + byMs);
afterEach(() => {
  Date.now = realNow;
});

async function startRelay() {
  await using stack = new AsyncDisposableStack();
  const open = stack.use(await startOpenNats());
  const proxy = stack.use(await startFaultyProxy(open.nats.port));
  const bus = stack.use(await connectBus({ servers: proxy.urlFor(open.nats.url), name: 'relay' }));
  const store = createInMemoryEventStore();
  const stopping = new AbortController();
  const statuses: RelayStatus[] = [];
  const relay = runRelay({
    ...{ bus, producer: 'discovery' as const, store, prefixes: ['watch-'], toCloudEvent },
    signal: stopping.signal,
    ackTimeoutMs: 400,
    onStatus: (status) => statuses.push(status),
  });
  stack.defer(async () => {
    stopping.abort();
    await relay;
  });
  let epoch = 0;
  const record = async (): Promise<void> => {
    epoch += 1;
    await store.append(`watch-${randomUuid()}`, 'no_stream', [watchBegun(randomUuid(), epoch)]);
  };
  const published = (sequence: number): Promise<unknown> =>
    eventually(() => statuses.at(-1)?.lastSequence === sequence && statuses.at(-1)?.state === 'publishing');
  await published(0);
  const owned = stack.move();
  return { proxy, record, published, statuses, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe('a relay whose clock jumps an hour', () => {
  it('back and forth, goes on as if nothing had been', async () => {
    await using relay = await startRelay();
    for (const [index, byMs] of [HOUR_MS, 0, -HOUR_MS, 0, HOUR_MS, -HOUR_MS].entries()) {
      jump(byMs);
      await relay.record();
      await relay.published(index + 1);
    }
    expect(relay.statuses.filter(({ state }) => state === 'waiting')).toEqual([]);
  });

  it('back, still notices within its time that nobody acknowledges', async () => {
    await using relay = await startRelay();
    await relay.proxy.become('stalled');
    await relay.record();
    jump(-HOUR_MS);
    await eventually(() => relay.statuses.at(-1)?.state === 'waiting');
    await relay.proxy.become('open');
    await relay.published(1);
  });
});
