import { PAGE_LIMIT_DEFAULT, type ResourcePage, type ResourceView } from '@mooring/contracts';
import { encodeCursor, type Database } from '@mooring/read-model';
import { sql, type Selectable } from 'kysely';
import { readCursor } from './cursor.ts';
import { positionOf } from './cluster-queries.ts';
import type { DiscoveryDatabase, ResourceRow } from './tables.ts';

/** One condition on the labels; without a value any will do. */
export interface LabelSelector {
  readonly key: string;
  readonly value?: string;
}

export interface ResourceFilter {
  readonly connectionId?: string;
  readonly clusterUid?: string;
  /** Any of them; empty is all. */
  readonly kinds: readonly string[];
  readonly namespace?: string;
  /** Part of the name; letters count alike in either case. */
  readonly name?: string;
  /** All of them. */
  readonly labels: readonly LabelSelector[];
}

export interface ResourceQueries {
  /** By kind, namespace and name, byte by byte. Throws Failure `invalid` for a cursor of another list. */
  list(filter: ResourceFilter, page: { readonly limit?: number; readonly cursor?: string }): Promise<ResourcePage>;
  find(connectionId: string, uid: string): Promise<ResourceView | undefined>;
}

type Row = Selectable<ResourceRow> & { readonly cluster_uid: string | null };

const CURSOR = 'resources';

export function createResourceQueries(db: Database<DiscoveryDatabase>): ResourceQueries {
  const resources = () =>
    db
      .selectFrom('resource')
      .innerJoin('cluster', 'cluster.connection_id', 'resource.connection_id')
      .selectAll('resource')
      .select('cluster.uid as cluster_uid');

  const filtered = ({ connectionId, clusterUid, kinds, namespace, name, labels }: ResourceFilter) => {
    let query = resources();
    if (connectionId !== undefined) query = query.where('resource.connection_id', '=', connectionId);
    if (clusterUid !== undefined) query = query.where('cluster.uid', '=', clusterUid);
    if (kinds.length > 0) query = query.where('resource.kind', 'in', kinds);
    if (namespace !== undefined) query = query.where('resource.namespace', '=', namespace);
    if (name !== undefined) query = query.where('resource.name', 'ilike', `%${escapeLike(name)}%`);
    for (const { key, value } of labels)
      query =
        value === undefined
          ? query.where(sql<boolean>`resource.labels ? ${key}`)
          : query.where(sql<boolean>`resource.labels @> ${JSON.stringify({ [key]: value })}::jsonb`);
    return query;
  };

  return {
    async list(filter, { limit = PAGE_LIMIT_DEFAULT, cursor }) {
      let query = filtered(filter)
        .orderBy('resource.kind')
        .orderBy('resource.namespace')
        .orderBy('resource.name')
        .orderBy('resource.connection_id')
        .orderBy('resource.uid')
        .limit(limit + 1);
      if (cursor !== undefined) {
        const [kind, namespace, name, connectionId, uid] = readCursor(CURSOR, 5, 3, cursor);
        query = query.where(
          sql<boolean>`(resource.kind, resource.namespace, resource.name, resource.connection_id, resource.uid)
            > (${kind}::text, ${namespace}::text, ${name}::text, ${connectionId}::uuid, ${uid}::text)`,
        );
      }
      const rows = await query.execute();
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(toView),
        ...(rows.length > limit && last !== undefined
          ? {
              nextCursor: encodeCursor(CURSOR, [last.kind, last.namespace, last.name, last.connection_id, last.uid]),
            }
          : {}),
        position: await positionOf(db),
      };
    },
    async find(connectionId, uid) {
      const row = await resources()
        .where('resource.connection_id', '=', connectionId)
        .where('resource.uid', '=', uid)
        .executeTakeFirst();
      return row === undefined ? undefined : toView(row);
    },
  };
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

const toView = (row: Row): ResourceView => ({
  connectionId: row.connection_id,
  clusterUid: row.cluster_uid ?? '',
  uid: row.uid,
  kind: row.kind,
  apiVersion: row.api_version,
  name: row.name,
  labels: row.labels,
  observedAt: row.observed_at.toISOString(),
  record: row.record,
  ...(row.namespace === '' ? {} : { namespace: row.namespace }),
  ...(row.created_at === null ? {} : { createdAt: row.created_at.toISOString() }),
});
