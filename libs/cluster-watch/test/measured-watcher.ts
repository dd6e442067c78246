import { watchCluster, type KindState, type KindStatus, type WatchOptions } from '@mooring/cluster-watch';

/** What to watch, and of one type in which state it is enough. */
export interface WatcherOrder {
  readonly options: Pick<WatchOptions, 'access' | 'limits' | 'firstState' | 'selection' | 'timing'>;
  readonly type: string;
  readonly state: KindState;
}

export interface WatcherReport {
  readonly status: KindStatus;
  readonly objects: number;
  readonly changes: number;
  /** What was in use beyond what the process began with, at its most: looked at again and again, each time after a collection. */
  readonly grownBytesMax: number;
}

const SAMPLE_MS = 250;

function usedBytes(): number {
  // What lies outside of the heap is counted as free only once the next collection begins.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function measure({ options, type, state }: WatcherOrder): Promise<WatcherReport> {
  const atFirst = usedBytes();
  let grownBytesMax = 0;
  const sample = (): void => {
    grownBytesMax = Math.max(grownBytesMax, usedBytes() - atFirst);
  };
  const sampling = setInterval(sample, SAMPLE_MS);
  let changes = 0;
  const { promise: reached, resolve } = Promise.withResolvers<KindStatus>();
  const nothing = (): void => undefined;
  await using watch = watchCluster(options, {
    ...{
      onIdentity: nothing,
      onTier: nothing,
      onSnapshotComplete: nothing,
      onLinkLost: nothing,
      onLinkRestored: nothing,
    },
    onKindStatus({ groupResource }, status) {
      if (groupResource === type && status.state === state) resolve(status);
    },
    onChanges: (batch) => void (changes += batch.length),
  });
  const status = await reached;
  sample();
  clearInterval(sampling);
  return { status, objects: watch.usage().objects, changes, grownBytesMax };
}

process.once('message', (order) => {
  void measure(order as WatcherOrder).then((report) => {
    process.send?.(report, () => process.disconnect());
  });
});
