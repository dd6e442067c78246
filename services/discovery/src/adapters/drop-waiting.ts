import { sql, type Transaction } from 'kysely';
import type { DropReason } from '../domain/inventory-events.ts';
import { putDropped, putErased } from './outbox-rows.ts';
import type { DiscoveryDatabase } from './tables.ts';

type Tx = Transaction<DiscoveryDatabase>;

export interface Drop {
  readonly connectionId: string;
  /** The highest number that listeners may have heard, where that may be higher than the inventory's own; else 0. */
  readonly after: bigint;
  readonly reason: DropReason;
  readonly systemId: string;
  readonly at: Date;
}

/**
 * Instead of what waits of a connection, listeners get to know that they missed something, under a number higher than any they have heard.
 * Gives how many events went. That a cluster is erased never does.
 */
export async function dropWaiting(tx: Tx, drop: Drop): Promise<number> {
  const { connectionId, after, reason, systemId, at } = drop;
  const row = await tx
    .updateTable('cluster')
    .set({ batch: sql`greatest(batch, ${after}::bigint) + 1` })
    .where('connection_id', '=', connectionId)
    .returning('batch')
    .executeTakeFirst();
  if (row === undefined) {
    await retellErased(tx, drop);
    return 0;
  }
  const gone = await deleteWaiting(tx, connectionId);
  await putDropped(tx, [{ connectionId, systemId, at, batch: row.batch }], reason);
  return gone;
}

/**
 * Of a cluster that is erased only that is left to tell, and no later number tells whoever misses it. So it goes on waiting. It is put anew
 * only where the stream has lost it, and where its number is one that listeners have heard already and would take for an old one.
 */
async function retellErased(tx: Tx, { connectionId, after, reason, systemId, at }: Drop): Promise<void> {
  const waiting = await tx
    .selectFrom('inventory_outbox')
    .select('batch')
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  if (waiting === undefined ? reason !== 'stream-lost' : waiting.batch > after) return;
  const gone = await tx
    .selectFrom('desired_connection')
    .select('connection_id')
    .where('connection_id', '=', connectionId)
    .where('mode', '=', 'gone')
    .executeTakeFirst();
  // After the loss of the whole database it is only not watched yet: its first batch will leave out a number.
  if (gone === undefined) return;
  await deleteWaiting(tx, connectionId);
  await putErased(tx, { connectionId, systemId, at, batch: after + 1n });
}

async function deleteWaiting(tx: Tx, connectionId: string): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('inventory_outbox')
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
