import type { KindState, KindStatus, ResourceType } from '@mooring/cluster-watch';
import { sql, type Transaction } from 'kysely';
import type { DiscoveryDatabase } from './tables.ts';

/**
 * Whether what is kept of a kind in this state is what the cluster has; `undefined` while it is read anew, which changes nothing about what was
 * kept before until it has succeeded or failed.
 */
function isFollowed(state: KindState): boolean | undefined {
  switch (state) {
    case 'watching':
    case 'removed':
      return true;
    case 'forbidden':
    case 'missing':
    case 'failing':
      return false;
    case 'listing':
      return undefined;
  }
}

/**
 * The kind begins to be old with this state, unless its cluster was before. What is read whole now and then, and never followed, is as old as
 * what was read last.
 */
function staleness({ state, since: begunAt, readAt }: KindStatus, clusterStaleSince: Date | null) {
  const since = new Date(begunAt);
  switch (isFollowed(state)) {
    case true:
      return { stale_since: null, outdated: false };
    case false: {
      const begun = clusterStaleSince !== null && clusterStaleSince < since ? clusterStaleSince : since;
      const read = sql`${readAt ?? null}::timestamptz`;
      return {
        stale_since: sql<Date>`greatest(coalesce(kind_status.stale_since, ${begun}::timestamptz), ${read})`,
        outdated: sql<boolean>`kind_status.outdated and not coalesce(${read} > kind_status.stale_since, false)`,
      };
    }
    case undefined:
      // What comes to a kind of which nothing was kept is not old, however long it could not be followed.
      return {
        stale_since: sql<Date | null>`case when objects > 0 then kind_status.stale_since end`,
        outdated: sql<boolean>`kind_status.outdated and objects > 0`,
      };
  }
}

/** What is there of a kind that comes back after it was removed has not been added just then either. */
function firstState({ state, readAt }: KindStatus) {
  if (state === 'removed') return { read_once: false };
  return state === 'watching' || readAt !== undefined ? { read_once: true } : {};
}

/** Brings the row of a kind up to date. The caller holds the lock on the cluster's row. */
export async function writeKind(
  tx: Transaction<DiscoveryDatabase>,
  connectionId: string,
  { groupResource: type, kind, tier, depth }: ResourceType,
  status: KindStatus,
  clusterStaleSince: Date | null,
): Promise<void> {
  const { state, reason, since, leftOut } = status;
  const values = { kind, tier, depth, state, reason: reason ?? null, since: new Date(since), left_out: leftOut };
  const update = () =>
    tx
      .updateTable('kind_status')
      .set({ ...values, ...firstState(status), ...staleness(status, clusterStaleSince) })
      .where('connection_id', '=', connectionId)
      .where('type', '=', type)
      .executeTakeFirst();
  const { numUpdatedRows } = await update();
  if (numUpdatedRows > 0n) return;
  const objects = sql<number>`(select count(*)::integer from resource
    where connection_id = ${connectionId}::uuid and type = ${type})`;
  await tx
    .insertInto('kind_status')
    .values({ connection_id: connectionId, type, objects, ...values })
    .execute();
  await update();
}

/** What a cluster was found to have, as far as could be told. */
export interface Found {
  readonly types: readonly string[];
  /** API groups of which it is not known what they serve, `*` for all: what is theirs may still be there. */
  readonly staleGroups: readonly string[];
}

/**
 * Kinds of which nothing is kept and which are not among the types found went while nobody watched, and nobody but this says so. The caller
 * holds the lock on the cluster's row.
 */
export async function endKinds(
  tx: Transaction<DiscoveryDatabase>,
  connectionId: string,
  { types, staleGroups }: Found,
  at: Date,
): Promise<void> {
  if (staleGroups.includes('*')) return;
  await sql`
    update kind_status
    set state = 'removed', reason = 'not served or not selected when the cluster was read', since = ${at}::timestamptz, left_out = 0,
      stale_since = null, outdated = false, read_once = false
    where connection_id = ${connectionId}::uuid and objects = 0 and state <> 'removed' and type <> all(${types}::text[])
      and (case when position('.' in type) = 0 then '' else substr(type, position('.' in type) + 1) end) <> all(${staleGroups}::text[])`.execute(
    tx,
  );
}
