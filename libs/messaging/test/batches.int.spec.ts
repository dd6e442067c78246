import { jest } from '@jest/globals';
import { encodeStructured } from '@mooring/contracts';
import { Failure, randomUuid } from '@mooring/kernel';
import { eventually } from '@mooring/testing';
import {
  consumeBatches,
  listDeadLetters,
  sourceOf,
  type BatchItem,
  type BatchesOptions,
  type Bus,
} from '../src/index.ts';
import { cloudEvent, epochOf, publish } from './events.ts';
import { startOpenNats } from './harness.ts';

jest.setTimeout(60_000);

const SOURCE = sourceOf({ consumer: 'notifications', producer: 'discovery' });
const FAST = { triesMax: 3, bugTriesMax: 2, outageTriesMax: 100, delayMinMs: 20, delayMaxMs: 40, outageDelayMaxMs: 40 };
const ID = randomUuid();

function startBatches(bus: Bus, options: Partial<BatchesOptions> = {}) {
  const stopping = new AbortController();
  const batches: number[][] = [];
  const sequences: number[] = [];
  const ended = consumeBatches({
    bus,
    source: SOURCE,
    signal: stopping.signal,
    policy: FAST,
    ...options,
    async handle(items: readonly BatchItem[]) {
      await options.handle?.(items);
      batches.push(items.map(({ event }) => epochOf(event)));
      sequences.push(...items.map(({ delivery }) => delivery.sequence));
    },
  });
  return {
    batches,
    sequences,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
    },
  };
}

const publishAll = async (bus: Bus, first: number, last: number): Promise<void> => {
  for (let epoch = first; epoch <= last; epoch += 1) await publish(bus, cloudEvent(ID, epoch));
};
const upTo = (last: number): number[] => Array.from({ length: last }, (_none, index) => index + 1);

describe('a consumer of batches', () => {
  it('hands over events in the order of their stream, at most so many at once, and acknowledges them together', async () => {
    await using open = await startOpenNats();
    await publishAll(open.bus, 1, 120);
    await using running = startBatches(open.bus, { batchMax: 50 });
    await eventually(() => expect(running.batches.flat()).toEqual(upTo(120)));
    expect(Math.max(...running.batches.map((batch) => batch.length))).toBeLessThanOrEqual(50);
    expect(running.sequences).toEqual(upTo(120));
  });

  it('keeps the order of the stream after a crash: what was in hand comes before anything newer', async () => {
    await using open = await startOpenNats();
    const dying = await open.connect('dying');
    await publishAll(open.bus, 1, 10);
    let begun = false;
    const first = startBatches(dying, {
      batchMax: 4,
      // Never done with it, until it is told to stop.
      handle: ([item]) =>
        new Promise((_resolve, reject) => {
          begun = true;
          item?.delivery.signal.addEventListener('abort', () => reject(new Error('stopping')), { once: true });
        }),
    });
    await eventually(() => begun);
    await dying.connection.close();
    await publishAll(open.bus, 11, 15);
    await using second = startBatches(open.bus);
    await eventually(() => expect(second.sequences).toEqual(upTo(15)));
    await first[Symbol.asyncDispose]();
  });

  it('tries a failed batch again as a whole, and isolates what is poisoned without blocking the rest', async () => {
    await using open = await startOpenNats();
    await publishAll(open.bus, 1, 6);
    await using running = startBatches(open.bus, {
      handle: (items) =>
        items.some(({ event }) => epochOf(event) === 3) ? Promise.reject(new TypeError('three')) : Promise.resolve(),
    });
    await eventually(() => expect(running.batches.flat()).toEqual([1, 2, 4, 5, 6]));
    expect(await listDeadLetters(open.bus)).toMatchObject([{ reason: 'bug: three', originalSequence: 3 }]);
    await publishAll(open.bus, 7, 7);
    await eventually(() => running.batches.flat().includes(7));
  });

  it('waits out an outage with the batch whole', async () => {
    await using open = await startOpenNats();
    await publishAll(open.bus, 1, 6);
    let tries = 0;
    await using running = startBatches(open.bus, {
      handle: () => {
        tries += 1;
        return tries < 8 ? Promise.reject(new Failure('unavailable', 'no database')) : Promise.resolve();
      },
    });
    await eventually(() => expect(running.batches.flat()).toEqual(upTo(6)));
    expect(await listDeadLetters(open.bus)).toEqual([]);
  });

  it('parks what cannot be read, acknowledges what nobody declared, and goes on', async () => {
    await using open = await startOpenNats();
    const event = cloudEvent(ID, 1);
    await publish(open.bus, event, new TextEncoder().encode('{'));
    await publish(open.bus, event, encodeStructured({ ...event, type: 'io.meshery.discovery.watch.paused.v1' }));
    await publishAll(open.bus, 3, 3);
    await using running = startBatches(open.bus);
    await eventually(() => expect(running.batches.flat()).toEqual([3]));
    expect(await listDeadLetters(open.bus)).toHaveLength(1);
  });

  it('goes on by itself when NATS was killed', async () => {
    await using open = await startOpenNats();
    await using running = startBatches(open.bus);
    await publishAll(open.bus, 1, 5);
    await eventually(() => running.batches.flat().length === 5);
    await open.nats.crash();
    await open.nats.restart();
    await open.bus.whenConnected(new AbortController().signal);
    await publishAll(open.bus, 6, 6);
    await eventually(() => running.batches.flat().includes(6), { timeoutMs: 30_000 });
    expect([...new Set(running.batches.flat())]).toEqual(upTo(6));
  });
});
