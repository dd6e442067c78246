import { CHANGES_MAX, type ResourceChangeView } from '@mooring/contracts';
import type { Database } from '@mooring/read-model';
import type { DiscoveryDatabase } from './tables.ts';

/** What happened to an object lately, the newest first; at most {@link CHANGES_MAX}. */
export async function changesOf(
  db: Database<DiscoveryDatabase>,
  object: { readonly connection_id: string; readonly uid: string; readonly type: string },
): Promise<ResourceChangeView[]> {
  const rows = await db
    .selectFrom('resource_change')
    .select(['at', 'op', 'fields', 'hash_before', 'hash_after'])
    .where('connection_id', '=', object.connection_id)
    .where('uid', '=', object.uid)
    .where('type', '=', object.type)
    .orderBy('id', 'desc')
    .limit(CHANGES_MAX)
    .execute();
  return rows.map(({ at, op, fields, hash_before, hash_after }) => ({
    ...{ at: at.toISOString(), op, fields },
    ...(hash_before === null ? {} : { hashBefore: hash_before }),
    ...(hash_after === null ? {} : { hashAfter: hash_after }),
  }));
}
