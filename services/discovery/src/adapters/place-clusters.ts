import { placeOf } from '@mooring/cluster-watch';
import type { Database } from '@mooring/read-model';
import { sql } from 'kysely';
import { storableJson } from './storable-json.ts';
import type { DiscoveryDatabase } from './tables.ts';

/**
 * Tells again where clusters are whose nodes changed, once all nodes of their present link are in. Reads all nodes of each, so it is for now and
 * then, not for each change. Gives the connections of which it was told.
 */
export async function placeChanged(db: Database<DiscoveryDatabase>): Promise<readonly string[]> {
  const changed = await db
    .selectFrom('cluster')
    .select('connection_id')
    .where('nodes_changed', '=', true)
    .where(sql<boolean>`tiers ? 'workloads'`)
    .execute();
  for (const { connection_id } of changed) await place(db, connection_id);
  return changed.map(({ connection_id }) => connection_id);
}

async function place(db: Database<DiscoveryDatabase>, connectionId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Whoever writes nodes waits for this lock, so none changes between what is read and what is noted.
    await tx
      .selectFrom('cluster')
      .select('connection_id')
      .where('connection_id', '=', connectionId)
      .forUpdate()
      .execute();
    const nodes = await tx
      .selectFrom('resource')
      .select([
        'labels',
        sql<string | null>`record ->> 'providerId'`.as('providerId'),
        sql<string | null>`record ->> 'osImage'`.as('osImage'),
      ])
      .where('connection_id', '=', connectionId)
      .where('type', '=', 'nodes')
      .execute();
    const told = placeOf(
      nodes.map(({ labels, providerId, osImage }) => ({
        labels,
        ...(providerId === null ? {} : { providerId }),
        ...(osImage === null ? {} : { osImage }),
      })),
    );
    await tx
      .updateTable('cluster')
      .set({ place: storableJson(told), nodes_changed: false })
      .where('connection_id', '=', connectionId)
      .execute();
  });
}
