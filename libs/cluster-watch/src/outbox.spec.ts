import { createFlushPace } from './flush-pace.ts';
import { createHoldings } from './holdings.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createPace } from './pace.ts';
import type { MetadataRecord } from './records/record.ts';
import { createSerialSink } from './serial-sink.ts';
import type { ClusterSink, ResourceChange } from './sink.ts';

const thing = (uid: string, version: number): MetadataRecord => ({
  ...{ kind: 'Thing', apiVersion: 'v1', uid, name: uid, labels: { version: String(version) }, metadataOnly: true },
});
const within = <T>(promise: Promise<T>, timeoutMs: number): Promise<T | 'too late'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'too late'>((resolve) => (timer = setTimeout(() => resolve('too late'), timeoutMs)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Batch {
  readonly changes: readonly ResourceChange[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** An outbox and its sink, which takes `sinkMs` for a batch; `onBatch` is called in the middle of that. */
function startOutbox({ batchChanges = 500, changesPerSecondMax = Number.POSITIVE_INFINITY, flushMinMs = 50 } = {}) {
  const batches: Batch[] = [];
  const settings: { sinkMs: number; onBatch: () => void } = { sinkMs: 5, onBatch: () => undefined };
  const nothing = (): void => undefined;
  const sink: ClusterSink = {
    ...{ onIdentity: nothing, onTier: nothing, onKindStatus: nothing, onSnapshotComplete: nothing },
    ...{ onLinkLost: nothing, onLinkRestored: nothing },
    async onChanges(changes) {
      const startedAt = performance.now();
      await after(settings.sinkMs);
      settings.onBatch();
      batches.push({ changes, startedAt, endedAt: performance.now() });
    },
  };
  const stopping = new AbortController();
  const holdings = createHoldings({ objectsMax: 1e6, recordBytesMax: 1e9 });
  const outbox: Outbox = createOutbox(
    holdings,
    createSerialSink(sink, stopping.signal, (error) => {
      throw error;
    }),
    {
      ...{ batchChanges, signal: stopping.signal },
      flushPace: createFlushPace({ flushMinMs, flushMaxMs: 5 * flushMinMs }),
      changePace: createPace(changesPerSecondMax, changesPerSecondMax),
    },
  );
  return {
    ...{ batches, holdings, outbox, settings },
    upsert: (uid: string, version = 1): void => {
      holdings.of('things').upsert('', thing(uid, version));
      outbox.wake();
    },
    [Symbol.dispose]() {
      stopping.abort();
      outbox.close();
    },
  };
}

describe('an outbox', () => {
  it('has flushed what was pending, though one object changes each time the sink has taken it', async () => {
    using started = startOutbox();
    const { outbox, batches, settings, upsert } = started;
    let version = 0;
    settings.onBatch = () => upsert('restless', ++version);
    upsert('restless', 0);
    upsert('other');
    expect(await within(outbox.flush(), 1_000)).toBeUndefined();
    expect(batches.flatMap(({ changes }) => changes)).toHaveLength(2);
  });

  it('keeps the interval between batches while changes come faster than the sink takes them', async () => {
    using started = startOutbox();
    const { outbox, batches, settings, upsert } = started;
    let version = 0;
    let isEnough: () => void = () => undefined;
    const enough = new Promise<void>((resolve) => (isEnough = resolve));
    settings.onBatch = () => {
      upsert('restless', ++version);
      if (batches.length === 4) isEnough();
    };
    upsert('restless', 0);
    void outbox.flush();
    expect(await within(enough, 5_000)).toBeUndefined();
    const pauses = batches.slice(1).map(({ startedAt }, index) => startedAt - (batches[index]?.endedAt ?? 0));
    // A timer may be a millisecond early.
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(48);
  });

  it('sends a full batch at once, also one that became full while another was delivered', async () => {
    using started = startOutbox({ batchChanges: 10, flushMinMs: 10_000 });
    const { batches, settings, upsert } = started;
    let isEnough: () => void = () => undefined;
    const enough = new Promise<void>((resolve) => (isEnough = resolve));
    settings.onBatch = () => {
      if (batches.length === 0) for (let index = 10; index < 20; index += 1) upsert(`thing-${index}`);
      else isEnough();
    };
    for (let index = 0; index < 10; index += 1) upsert(`thing-${index}`);
    expect(await within(enough, 1_000)).toBeUndefined();
    expect(batches.map(({ changes }) => changes.length)).toEqual([10, 10]);
  });

  it('holds readers back so that no more is pending than a batch and what each of them had in its hand', async () => {
    using started = startOutbox({ batchChanges: 10 });
    const { outbox, holdings, batches, upsert } = started;
    const readers = 7;
    let pendingMax = 0;
    const read = async (reader: number): Promise<void> => {
      for (let index = 0; index < 50; index += 1) {
        upsert(`thing-${reader}-${index}`);
        pendingMax = Math.max(pendingMax, holdings.pendingCount);
        await outbox.room();
      }
    };
    expect(await within(Promise.all([...Array(readers).keys()].map(read)), 5_000)).not.toBe('too late');
    await outbox.flush();
    expect(batches.flatMap(({ changes }) => changes)).toHaveLength(readers * 50);
    expect(pendingMax).toBeLessThanOrEqual(10 + readers);
  });

  it('delivers no more than a burst and so many a second, though more comes while it waits', async () => {
    using started = startOutbox({ changesPerSecondMax: 20 });
    const { batches, upsert } = started;
    const startedAt = performance.now();
    const elapsedMs = (): number => performance.now() - startedAt;
    for (let index = 0; elapsedMs() < 1_500; index += 1) {
      upsert(`thing-${index}`);
      await after(5);
    }
    const delivered = batches.reduce((sum, { changes }) => sum + changes.length, 0);
    expect(delivered).toBeGreaterThanOrEqual(20);
    expect(delivered).toBeLessThanOrEqual(20 + (20 * elapsedMs()) / 1_000);
  });
});
