import type { KindStatus, ResourceType } from '@mooring/cluster-watch';
import type { Observation } from './watch.decide.ts';
import { isDegraded, type Tier, type Told } from './watch.ts';

/** How one kind of resource is doing, without its retries. */
export interface KindHealth {
  readonly kind: string;
  readonly state: KindStatus['state'];
  readonly reason?: string;
  /** Since when it has been in this state, whatever was tried meanwhile. */
  readonly sinceMs: number;
  readonly objects: number;
}

/** How much of a cluster is known now. */
export interface Knowledge {
  /** The last tier that was reached on this link. */
  readonly tier?: Tier;
  readonly kinds: ReadonlyMap<string, KindHealth>;
}

export const NOTHING_KNOWN: Knowledge = { kinds: new Map() };

/** A try is no state of its own: a kind that is read again is as it was until that has succeeded or failed. */
export function afterKindStatus(
  { kinds, ...rest }: Knowledge,
  { groupResource, kind }: Pick<ResourceType, 'groupResource' | 'kind'>,
  { state, reason, count }: KindStatus,
  nowMs: number,
): Knowledge {
  const before = kinds.get(groupResource);
  if (state === 'listing' && before !== undefined && before.state !== 'removed')
    return { ...rest, kinds: new Map(kinds).set(groupResource, { ...before, objects: count }) };
  const sinceMs = before?.state === state ? before.sinceMs : nowMs;
  const health = { kind, state, sinceMs, objects: count, ...(reason === undefined ? {} : { reason }) };
  return { ...rest, kinds: new Map(kinds).set(groupResource, health) };
}

const TIERS: readonly Tier[] = ['identity', 'workloads', 'everything'];

const rank = (tier: Tier | undefined): number => (tier === undefined ? -1 : TIERS.indexOf(tier));

/** The next tier that was reached and not told of. */
export function nextTier(knowledge: Knowledge, told: Told, clusterUid: string): Observation | undefined {
  const tier = TIERS[rank(told.tier) + 1];
  if (tier === undefined || rank(knowledge.tier) < rank(tier)) return undefined;
  const objects = [...knowledge.kinds.values()].reduce((sum, kind) => sum + kind.objects, 0);
  return { type: 'TierReached', data: { clusterUid, tier, objects } };
}

export type NextKind =
  | { readonly kind: 'report'; readonly observation: Observation }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'nothing' };

/**
 * What is to be said of a kind of a cluster whose snapshot is complete: one that has been degraded, or well again, for `windowMs`, and was
 * said to be otherwise. So a kind is told of at most once per window.
 */
export function nextKind(
  { kinds }: Knowledge,
  told: Told,
  clusterUid: string,
  windowMs: number,
  nowMs: number,
): NextKind {
  let waitMs = Number.POSITIVE_INFINITY;
  for (const [type, health] of kinds) {
    const { kind, state, reason, sinceMs } = health;
    if (
      state === 'listing' ||
      state === saidOf(told, type) ||
      !(isDegraded(state) || Object.hasOwn(told.degraded, type))
    )
      continue;
    const dueMs = sinceMs + windowMs - nowMs;
    if (dueMs > 0) {
      waitMs = Math.min(waitMs, dueMs);
      continue;
    }
    const data = { clusterUid, type, kind, status: state };
    return {
      kind: 'report',
      observation: isDegraded(state)
        ? { type: 'KindDegraded', data: { ...data, ...(reason === undefined ? {} : { reason }) } }
        : { type: 'KindRecovered', data },
    };
  }
  for (const [type, { kind }] of Object.entries(told.degraded))
    if (!kinds.has(type))
      return {
        kind: 'report',
        observation: { type: 'KindRecovered', data: { clusterUid, type, kind, status: 'removed' } },
      };
  return waitMs === Number.POSITIVE_INFINITY ? { kind: 'nothing' } : { kind: 'wait', waitMs: Math.ceil(waitMs) };
}

const saidOf = (told: Told, type: string): string | undefined => told.degraded[type]?.status;
