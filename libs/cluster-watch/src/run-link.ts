import { once, setMaxListeners } from 'node:events';
import type { ResourceKind, Tier, WatchedKind } from './kinds.ts';
import type { KindMemory, Link, WatchRun } from './kind-run.ts';
import type { ClusterRefusal } from './refusal.ts';
import { runKind } from './run-kind.ts';
import type { Session } from './session.ts';
import type { KindStatus } from './sink.ts';
import { createSlots } from './slots.ts';

export interface LinkOptions {
  readonly run: WatchRun;
  readonly session: Session;
  readonly kinds: readonly WatchedKind[];
  readonly memories: ReadonlyMap<ResourceKind, KindMemory>;
  /** 1 for the first link of the watch. */
  readonly number: number;
  /** Whether first states may be asked for as a stream. */
  readonly streams: boolean;
  readonly stop: AbortSignal;
}

/** Says to the sink which tiers are complete, and when the snapshot is. */
function createTierProgress({ run, kinds, memories, number }: LinkOptions): (kind: WatchedKind) => Promise<void> {
  const open = new Set(kinds);
  const announced = new Set<Tier>();
  const isComplete = (tier: Tier): boolean =>
    tier === 'everything' ? open.size === 0 : [...open].every((kind) => kind.tier !== tier);
  return async (kind) => {
    open.delete(kind);
    for (const tier of ['workloads', 'everything'] as const) {
      if (announced.has(tier) || !isComplete(tier)) continue;
      announced.add(tier);
      await run.sink.call((sink) => sink.onTier(tier));
      if (tier !== 'everything') continue;
      const statuses: Partial<Record<ResourceKind, KindStatus>> = {};
      let objects = 0;
      for (const each of kinds) {
        const count = run.holdings.count(each.kind);
        objects += count;
        const status = memories.get(each.kind)?.status;
        if (status !== undefined) statuses[each.kind] = { ...status, count };
      }
      await run.sink.call((sink) => sink.onSnapshotComplete({ link: number, kinds: statuses, objects }));
    }
  };
}

/** Watches every kind over one connection until that is lost (the reason) or the watch is stopped (`undefined`). */
export async function runLink(options: LinkOptions): Promise<ClusterRefusal | undefined> {
  const { run, session, kinds, memories, stop } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  // One listener per request and pause of every kind: many by design, and gone with the link.
  setMaxListeners(0, signal);
  let loss: ClusterRefusal | undefined;
  const lose = (refusal: ClusterRefusal): void => {
    loss ??= refusal;
    ended.abort();
  };
  void session.lost.then(lose);
  const link: Link = {
    run,
    session,
    signal,
    slots: createSlots(run.limits.listsAtOnce),
    streams: options.streams,
    settled: createTierProgress(options),
    lose,
  };
  const over = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  await Promise.all(
    kinds.map(async (kind) => {
      const memory = memories.get(kind.kind);
      if (memory !== undefined) await runKind({ link, kind, memory });
    }),
  );
  await over;
  return stop.aborted ? undefined : loss;
}
