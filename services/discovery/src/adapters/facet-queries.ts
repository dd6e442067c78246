import { FACET_VALUES_DEFAULT, type FacetView, type ResourceFacet, type ResourceFacets } from '@mooring/contracts';
import type { Database } from '@mooring/read-model';
import { sql, type RawBuilder } from 'kysely';
import {
  GATHERED_MAX,
  planOf,
  type ResourceFilter,
  type Search,
  type TermStatistics,
} from '../domain/resource-search.ts';
import { positionOf } from './cluster-queries.ts';
import { inOrder } from './resource-order.ts';
import { fits, walked } from './search-conditions.ts';
import { gathered, lookingUp, WALKED_MAX } from './search-pages.ts';
import { toSearch } from './search-scope.ts';
import type { DiscoveryDatabase } from './tables.ts';

export interface FacetQueries {
  /** How many objects there are of each value; objects of clusters that are outdated are not counted. */
  count(filter: ResourceFilter, by: readonly ResourceFacet[], limit?: number): Promise<ResourceFacets>;
}

const COLUMN: Readonly<Record<ResourceFacet, string>> = {
  type: 'type',
  namespace: 'namespace',
  connection: 'connection_id',
  state: 'state',
};

/** One row for each value of each facet, and one, of no facet, for them all. */
interface CountRow {
  readonly facet: ResourceFacet | null;
  readonly value: string;
  readonly objects: number;
  readonly looked: number;
}

export interface FacetQueriesOptions {
  readonly db: Database<DiscoveryDatabase>;
  readonly statistics: () => Promise<TermStatistics>;
}

export function createFacetQueries({ db, statistics }: FacetQueriesOptions): FacetQueries {
  return {
    async count(filter, by, limit = FACET_VALUES_DEFAULT) {
      const [search, known, position] = await Promise.all([toSearch(db, filter), statistics(), positionOf(db)]);
      const { rows, exact } =
        search === undefined ? { rows: [], exact: true } : await countedBy(db, search, known, by, limit);
      return {
        objects: rows.find(({ facet }) => facet === null)?.objects ?? 0,
        exact,
        facets: by.map((facet) => toView(facet, rows, limit)),
        position,
      };
    },
  };
}

interface Counted {
  readonly rows: readonly CountRow[];
  readonly exact: boolean;
}

async function countedBy(
  db: Database<DiscoveryDatabase>,
  search: Search,
  statistics: TermStatistics,
  by: readonly ResourceFacet[],
  limit: number,
): Promise<Counted> {
  if (search.name === undefined && search.operands.length === 0)
    return { rows: await fromCounts(db, search, by, limit), exact: true };
  const plan = planOf(search, statistics);
  const columns = sql`type, namespace, connection_id, state`;
  if (plan.way === 'gather') {
    const rows = await lookingUp(db, (tx) =>
      sql<CountRow>`
        with looked as materialized (${gathered(search, plan, columns)})
        ${countsOf(sql`select ${columns}, 1 as objects from looked where fits`, by, limit)}`.execute(tx),
    );
    return exactUpTo(rows.rows, GATHERED_MAX);
  }
  const { rows } = await sql<CountRow>`
    with looked as materialized (
      select ${columns}, ${fits(search)} as fits from (
        select * from resource where ${walked(search)} order by ${inOrder(search)} limit ${WALKED_MAX + 1}) as resource)
    ${countsOf(sql`select ${columns}, 1 as objects from looked where fits`, by, limit)}`.execute(db);
  return exactUpTo(rows, WALKED_MAX);
}

const exactUpTo = (rows: readonly CountRow[], max: number): Counted => ({
  rows,
  exact: (rows.find(({ facet }) => facet === null)?.looked ?? 0) <= max,
});

/** Of what is kept counted anyway. */
async function fromCounts(
  db: Database<DiscoveryDatabase>,
  search: Search,
  by: readonly ResourceFacet[],
  limit: number,
): Promise<readonly CountRow[]> {
  const { rows } = await sql<CountRow>`
    with looked as (select null where false)
    ${countsOf(
      sql`select type, namespace, connection_id, state, objects from resource_count as resource where ${fits(search)}`,
      by,
      limit,
    )}`.execute(db);
  return rows;
}

/** Sums of `counted` by each facet; of every facet one value more than `limit`, so that it is known whether there are more. */
function countsOf(counted: RawBuilder<unknown>, by: readonly ResourceFacet[], limit: number): RawBuilder<unknown> {
  const each = by.map(
    (
      facet,
    ) => sql`(select ${sql.lit(facet)} as facet, ${sql.ref(COLUMN[facet])}::text as value, sum(objects)::integer as objects, 0 as looked
      from counted group by ${sql.ref(COLUMN[facet])} order by 3 desc, 2 limit ${limit + 1})`,
  );
  return sql`, counted as materialized (
      select * from (${counted}) as each where connection_id not in (select connection_id from cluster where outdated))
    ${sql.join(
      [
        sql`(select null as facet, '' as value, coalesce(sum(objects), 0)::integer as objects,
          (select count(*)::integer from looked) as looked from counted)`,
        ...each,
      ],
      sql` union all `,
    )}`;
}

function toView(facet: ResourceFacet, rows: readonly CountRow[], limit: number): FacetView {
  const own = rows.filter((row) => row.facet === facet);
  return {
    by: facet,
    values: own.slice(0, limit).map(({ value, objects }) => ({ value, objects })),
    more: own.length > limit,
  };
}
