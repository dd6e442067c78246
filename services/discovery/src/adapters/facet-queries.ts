import { FACET_VALUES_DEFAULT, type FacetView, type ResourceFacet, type ResourceFacets } from '@mooring/contracts';
import type { Database } from '@mooring/read-model';
import { sql, type RawBuilder } from 'kysely';
import {
  countingPlanOf,
  GATHERED_MAX,
  type ResourceFilter,
  type Search,
  type TermStatistics,
} from '../domain/resource-search.ts';
import { positionOf } from './cluster-queries.ts';
import { inOrder } from './resource-order.ts';
import { fits, walked } from './search-conditions.ts';
import { gathered, lookingUp, WALKED_MAX, type Reader } from './search-pages.ts';
import { toSearch } from './search-scope.ts';
import type { DiscoveryDatabase, ResourceCountRow } from './tables.ts';

export interface FacetQueries {
  /** How many objects there are of each value; objects of clusters and of kinds that are outdated are not counted. */
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
  const plan = countingPlanOf(search, statistics);
  if (plan.way === 'gather')
    return lookingUp(db, (tx) => fromRows(tx, gathered(search, plan, columns), GATHERED_MAX, by, limit));
  const walk = sql`
    select ${columns}, ${fits(search)} as fits from (
      select * from resource where ${walked(search)} order by ${inOrder(search)} limit ${WALKED_MAX + 1}) as resource`;
  return fromRows(db, walk, WALKED_MAX, by, limit);
}

const columns = sql`type, namespace, connection_id, state`;

/** Of those of at most `max` rows that fit. */
async function fromRows(
  db: Reader,
  looked: RawBuilder<unknown>,
  max: number,
  by: readonly ResourceFacet[],
  limit: number,
): Promise<Counted> {
  const { rows } = await sql<CountRow>`
      with looked as materialized (${looked}),
        counted as materialized (select ${columns}, 1 as objects from looked where fits and ${isCounted} and not ${ofOutdatedKind})
      select null as facet, '' as value, count(*)::integer as objects, (select count(*)::integer from looked) as looked from counted
      ${sql.join(
        by.map((facet) => sql`union all ${sumsOf(facet, sql`counted`, limit)}`),
        sql` `,
      )}`.execute(db);
  return { rows, exact: (rows[0]?.looked ?? 0) <= max };
}

/** Of what is kept counted anyway. */
async function fromCounts(
  db: Database<DiscoveryDatabase>,
  search: Search,
  by: readonly ResourceFacet[],
  limit: number,
): Promise<readonly CountRow[]> {
  const atLevel = (level: ResourceCountRow['level'], objects: RawBuilder<unknown>, ofKinds: RawBuilder<unknown>) => sql`
    select ${columns}, ${objects} as objects from resource_count as resource
    where level = ${sql.lit(level)} and ${fits(search)} and ${isCounted} and ${ofKinds}`;
  const kept = (facet?: ResourceFacet) => {
    const level = levelOf(search, facet);
    return level === 2
      ? sql`(${atLevel(2, sql`objects`, sql`true`)} union all ${atLevel(0, sql`-objects`, ofOutdatedKind)}) as kept`
      : sql`(${atLevel(level, sql`objects`, sql`not ${ofOutdatedKind}`)}) as kept`;
  };
  const { rows } = await sql<CountRow>`
    select null as facet, '' as value, coalesce(sum(objects), 0)::integer as objects, 0 as looked from ${kept()}
    ${sql.join(
      by.map((facet) => sql`union all ${sumsOf(facet, kept(facet), limit)}`),
      sql` `,
    )}`.execute(db);
  return rows;
}

/** The coarsest level that still tells apart what is filtered and what is counted by. Level 2 knows no kinds, so what is of outdated ones is subtracted. */
function levelOf({ types, namespace }: Search, facet?: ResourceFacet): ResourceCountRow['level'] {
  if (namespace === undefined && facet !== 'namespace') return 1;
  return types === undefined && facet !== 'type' ? 2 : 0;
}

const isCounted = sql`connection_id not in (select connection_id from cluster where outdated)`;

const ofOutdatedKind = sql`((connection_id, type) in (select connection_id, type from kind_status where outdated))`;

/** One value more than `limit`, so that it is known whether there are more. */
const sumsOf = (facet: ResourceFacet, from: RawBuilder<unknown>, limit: number): RawBuilder<unknown> =>
  sql`(select ${sql.lit(facet)}, ${sql.ref(COLUMN[facet])}::text, sum(objects)::integer, 0
    from ${from} group by ${sql.ref(COLUMN[facet])} having sum(objects) > 0 order by 3 desc, 2 limit ${limit + 1})`;

function toView(facet: ResourceFacet, rows: readonly CountRow[], limit: number): FacetView {
  const own = rows.filter((row) => row.facet === facet);
  return {
    by: facet,
    values: own.slice(0, limit).map(({ value, objects }) => ({ value, objects })),
    more: own.length > limit,
  };
}
