import type { ClusterWatch, WatchUsage } from '@mooring/cluster-watch';

/** What the watches of this process do, all together. */
export interface WatchFigures {
  /** Kinds by the state that was last told of them; each state is there. */
  readonly kinds: Readonly<Record<WatchedState, number>>;
  /** Objects that are left out now. */
  readonly leftOut: number;
  /** How long changes, and bytes from the servers, have waited for their limits since the process began; never less than before. */
  readonly changesHeldBackMs: number;
  readonly bytesHeldBackMs: number;
}

export type WatchedState = Exclude<keyof WatchUsage['kinds'], 'removed'>;

export interface RunningWatches {
  /** Counts it until the function that this gives is called; what it was held back until then stays. */
  add(watch: Pick<ClusterWatch, 'usage'>): () => void;
  figures(): WatchFigures;
}

const NONE: WatchFigures = {
  kinds: { listing: 0, watching: 0, forbidden: 0, missing: 0, failing: 0 },
  leftOut: 0,
  changesHeldBackMs: 0,
  bytesHeldBackMs: 0,
};

const heldBack = (
  sum: WatchFigures,
  usage: WatchUsage,
): Pick<WatchFigures, 'changesHeldBackMs' | 'bytesHeldBackMs'> => ({
  changesHeldBackMs: sum.changesHeldBackMs + usage.changesHeldBackMs,
  bytesHeldBackMs: sum.bytesHeldBackMs + usage.bytesHeldBackMs,
});

const plus = (sum: WatchFigures, usage: WatchUsage): WatchFigures => ({
  kinds: {
    listing: sum.kinds.listing + (usage.kinds.listing ?? 0),
    watching: sum.kinds.watching + (usage.kinds.watching ?? 0),
    forbidden: sum.kinds.forbidden + (usage.kinds.forbidden ?? 0),
    missing: sum.kinds.missing + (usage.kinds.missing ?? 0),
    failing: sum.kinds.failing + (usage.kinds.failing ?? 0),
  },
  leftOut: sum.leftOut + usage.leftOut,
  ...heldBack(sum, usage),
});

export function createRunningWatches(): RunningWatches {
  const running = new Set<Pick<ClusterWatch, 'usage'>>();
  let ended = NONE;
  return {
    add(watch) {
      running.add(watch);
      return () => {
        if (running.delete(watch)) ended = { ...ended, ...heldBack(ended, watch.usage()) };
      };
    },
    figures: () => [...running].reduce((sum, watch) => plus(sum, watch.usage()), ended),
  };
}
