import { PAGE_LIMIT_DEFAULT, type ResourceDetailView, type ResourcePage, type ResourceView } from '@mooring/contracts';
import type { Database } from '@mooring/read-model';
import { sql, type Selectable } from 'kysely';
import { planOf, type ResourceFilter, type TermStatistics } from '../domain/resource-search.ts';
import { positionOf } from './cluster-queries.ts';
import { changesOf } from './recent-changes.ts';
import { relatedTo } from './relation-queries.ts';
import { fromCursor, toCursor, type Place } from './resource-order.ts';
import { findPlaces } from './search-pages.ts';
import { toSearch } from './search-scope.ts';
import type { DiscoveryDatabase, ResourceRow } from './tables.ts';

export interface ResourceQueries {
  /**
   * By type, namespace and name, byte by byte. A page may be shorter than asked for and still not be the last one. Throws Failure `invalid`
   * for a cursor of another list or filter.
   */
  list(filter: ResourceFilter, page: { readonly limit?: number; readonly cursor?: string }): Promise<ResourcePage>;
  /** With what it points at, what points at it, and what happened to it lately. Of several types the first, unless one is named. */
  find(connectionId: string, uid: string, type?: string): Promise<ResourceDetailView | undefined>;
}

type Row = Omit<Selectable<ResourceRow>, 'terms' | 'bucket' | 'digest' | 'hash'> & {
  readonly cluster_uid: string | null;
  /** Of the cluster, or of the kind if that is older. */
  readonly stale_since: Date | null;
};

export interface ResourceQueriesOptions {
  readonly db: Database<DiscoveryDatabase>;
  readonly statistics: () => Promise<TermStatistics>;
}

const columns = sql`resource.connection_id, resource.uid, resource.type, resource.kind, resource.api_version, resource.namespace,
  resource.name, resource.labels, resource.record, resource.state, resource.created_at, resource.observed_at,
  cluster.uid as cluster_uid, least(cluster.stale_since, kind_status.stale_since) as stale_since`;

const around = sql`join cluster using (connection_id) left join kind_status using (connection_id, type)`;

export function createResourceQueries({ db, statistics }: ResourceQueriesOptions): ResourceQueries {
  /** In the order of `places`; what is gone meanwhile is left out. */
  const rowsAt = async (places: readonly Place[]): Promise<readonly Row[]> => {
    if (places.length === 0) return [];
    const { rows } = await sql<Row>`
      select ${columns}
      from unnest(${places.map((place) => place.connection_id)}::uuid[], ${places.map(({ uid }) => uid)}::text[],
          ${places.map(({ type }) => type)}::text[]) with ordinality as place (connection_id, uid, type, number)
        join resource using (connection_id, uid, type) ${around}
      order by place.number`.execute(db);
    return rows;
  };

  return {
    async list(filter, { limit = PAGE_LIMIT_DEFAULT, cursor }) {
      const after = cursor === undefined ? undefined : fromCursor(filter, cursor);
      const [search, known, position] = await Promise.all([toSearch(db, filter), statistics(), positionOf(db)]);
      if (search === undefined) return { items: [], position };
      const { places, next } = await findPlaces(db, search, planOf(search, known), after, limit);
      const rows = await rowsAt(places);
      return {
        items: rows.map(toView),
        ...(next === undefined ? {} : { nextCursor: toCursor(filter, next) }),
        position,
      };
    },
    async find(connectionId, uid, type) {
      const { rows } = await sql<Row>`
        select ${columns} from resource ${around}
        where resource.connection_id = ${connectionId}::uuid and resource.uid = ${uid}
          ${type === undefined ? sql`` : sql`and resource.type = ${type}`}
        order by resource.type limit 1`.execute(db);
      const row = rows[0];
      if (row === undefined) return undefined;
      const [related, changes] = await Promise.all([relatedTo(db, row), changesOf(db, row)]);
      return { ...toView(row), related, changes };
    },
  };
}

const toView = (row: Row): ResourceView => ({
  connectionId: row.connection_id,
  clusterUid: row.cluster_uid ?? '',
  uid: row.uid,
  type: row.type,
  kind: row.kind,
  apiVersion: row.api_version,
  name: row.name,
  labels: row.labels,
  observedAt: row.observed_at.toISOString(),
  record: row.record,
  ...(row.namespace === '' ? {} : { namespace: row.namespace }),
  ...(row.state === '' ? {} : { state: row.state }),
  ...(row.created_at === null ? {} : { createdAt: row.created_at.toISOString() }),
  ...(row.stale_since === null ? {} : { staleSince: row.stale_since.toISOString() }),
});
