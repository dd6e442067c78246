import type { Database } from '@mooring/read-model';
import { sql } from 'kysely';
import type { DiscoveryDatabase } from './tables.ts';

const CHUNK = 10_000;

export interface ChangeLimits {
  readonly ageMsMax: number;
  readonly rowsMax: number;
}

/**
 * Forgets the oldest recent changes: those that are older than allowed and, whatever their age, those before the newest `rowsMax` (counted by
 * their numbers, which have few gaps). In steps, so that nobody waits for it. Gives how many were forgotten.
 */
export async function forgetChanges(
  db: Database<DiscoveryDatabase>,
  { ageMsMax, rowsMax }: ChangeLimits,
  now: Date,
  signal: AbortSignal,
): Promise<number> {
  const before = new Date(now.getTime() - ageMsMax);
  let forgotten = 0;
  while (!signal.aborted) {
    const { numAffectedRows = 0n } = await sql`
      delete from resource_change where id in (
        select id from (select id, at from resource_change order by id limit ${CHUNK}) as oldest
        where at < ${before}::timestamptz or id <= (select max(id) from resource_change) - ${rowsMax}::bigint
      )`.execute(db);
    forgotten += Number(numAffectedRows);
    if (numAffectedRows < CHUNK) break;
  }
  return forgotten;
}

/** Marks what nobody has followed for longer than the grace period. Gives the connections that were marked now. */
export async function markOutdated(
  db: Database<DiscoveryDatabase>,
  graceMs: number,
  now: Date,
): Promise<readonly string[]> {
  const rows = await db
    .updateTable('cluster')
    .set({ outdated: true })
    .where('outdated', '=', false)
    .where('stale_since', '<', new Date(now.getTime() - graceMs))
    .returning('connection_id')
    .execute();
  return rows.map(({ connection_id }) => connection_id);
}

/** As {@link markOutdated}, of kinds that cannot be followed though their cluster may be; those of which nothing is kept are left out. */
export const markKindsOutdated = (
  db: Database<DiscoveryDatabase>,
  graceMs: number,
  now: Date,
): Promise<readonly { readonly connection_id: string; readonly type: string }[]> =>
  db
    .updateTable('kind_status')
    .set({ outdated: true })
    .where('outdated', '=', false)
    .where('objects', '>', 0)
    .where('stale_since', '<', new Date(now.getTime() - graceMs))
    .returning(['connection_id', 'type'])
    .execute();

/** As long as the stream keeps a message, unless told otherwise. */
const ERASED_KEPT_MS = 86_400_000;

/**
 * Forgets what was published last of clusters that are erased, a day after it was, once all of it is published. Until then it is what tells
 * that the stream lost the last word about a cluster: after it comes no number that could be missed.
 */
export async function forgetErased(db: Database<DiscoveryDatabase>, now: Date): Promise<void> {
  const before = new Date(now.getTime() - ERASED_KEPT_MS);
  await sql`
    delete from inventory_published as published
    using desired_connection as gone
    where gone.connection_id = published.connection_id and gone.erased and published.at < ${before}::timestamptz
      and not exists (select 1 from cluster where cluster.connection_id = published.connection_id)
      and not exists (select 1 from inventory_outbox as waiting where waiting.connection_id = published.connection_id)`.execute(
    db,
  );
}
