import { once, setMaxListeners } from 'node:events';
import type { KindMemory, Link, WatchRun } from './kind-run.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { GroupResource, ResourceType, Tier } from './resource-type.ts';
import { runKind } from './run-kind.ts';
import type { Session } from './session.ts';
import type { KindStatus } from './sink.ts';
import { createSlots } from './slots.ts';

export interface LinkOptions {
  readonly run: WatchRun;
  readonly session: Session;
  readonly types: readonly ResourceType[];
  readonly memories: ReadonlyMap<GroupResource, KindMemory>;
  /** 1 for the first link of the watch. */
  readonly number: number;
  /** Whether first states may be asked for as a stream. */
  readonly streams: boolean;
  readonly stop: AbortSignal;
}

/** Says to the sink which tiers are complete, and when the snapshot is. */
function createTierProgress({ run, types, memories, number }: LinkOptions): (type: ResourceType) => Promise<void> {
  const open = new Set(types);
  const announced = new Set<Tier>();
  const isComplete = (tier: Tier): boolean =>
    tier === 'everything' ? open.size === 0 : [...open].every((type) => type.tier !== tier);
  return async (type) => {
    open.delete(type);
    for (const tier of ['workloads', 'everything'] as const) {
      if (announced.has(tier) || !isComplete(tier)) continue;
      announced.add(tier);
      await run.sink.call((sink) => sink.onTier(tier));
      if (tier !== 'everything') continue;
      const statuses: Record<GroupResource, KindStatus> = {};
      let objects = 0;
      for (const { groupResource } of types) {
        const count = run.holdings.count(groupResource);
        objects += count;
        const status = memories.get(groupResource)?.status;
        if (status !== undefined) statuses[groupResource] = { ...status, count };
      }
      await run.sink.call((sink) => sink.onSnapshotComplete({ link: number, kinds: statuses, objects }));
    }
  };
}

/** Watches every kind over one connection until that is lost (the reason) or the watch is stopped (`undefined`). */
export async function runLink(options: LinkOptions): Promise<ClusterRefusal | undefined> {
  const { run, session, types, memories, stop } = options;
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
    types.map(async (type) => {
      const memory = memories.get(type.groupResource);
      if (memory !== undefined) await runKind({ link, type, memory });
    }),
  );
  await over;
  return stop.aborted ? undefined : loss;
}
