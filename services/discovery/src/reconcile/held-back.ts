import type { WatchUsage } from '@mooring/cluster-watch';

export type HeldBack = Pick<WatchUsage, 'changesHeldBackMs' | 'bytesHeldBackMs'>;

/** Waits of less than this share of the time are what a limit is for, and nothing to tell. */
const SHARE = 0.1;

export interface HeldBackWatch {
  /** The limit that a cluster has met since the last look, where that is another than then: so each change is told once. */
  next(usage: HeldBack): 'changes' | 'bytes' | 'none' | undefined;
}

/** `everyMs`: how far apart looks are. */
export function createHeldBackWatch(everyMs: number): HeldBackWatch {
  let before: HeldBack = { changesHeldBackMs: 0, bytesHeldBackMs: 0 };
  let told: 'changes' | 'bytes' | 'none' = 'none';
  return {
    next({ changesHeldBackMs, bytesHeldBackMs }) {
      const changes = changesHeldBackMs - before.changesHeldBackMs;
      const bytes = bytesHeldBackMs - before.bytesHeldBackMs;
      before = { changesHeldBackMs, bytesHeldBackMs };
      const met = Math.max(changes, bytes) < everyMs * SHARE ? 'none' : changes >= bytes ? 'changes' : 'bytes';
      if (met === told) return undefined;
      told = met;
      return met;
    },
  };
}
