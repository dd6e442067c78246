import type { Database } from '@mooring/read-model';
import { sql, type RawBuilder, type Transaction } from 'kysely';
import { GATHERED_MAX, leavesOut, type Plan, type Search } from '../domain/resource-search.ts';
import { inOrder, isAfter, placeColumns, type Place } from './resource-order.ts';
import { fits, found, walked } from './search-conditions.ts';
import type { DiscoveryDatabase } from './tables.ts';

/** Part of a list, in order. */
export interface Places {
  readonly places: readonly Place[];
  /** Up to where was looked; absent when there is nothing after it. */
  readonly next?: Place;
}

/** Rows that one answer looks at, at the most, where a walk leaves out what does not fit. */
export const WALKED_MAX = 5_000;

export type Reader = Database<DiscoveryDatabase> | Transaction<DiscoveryDatabase>;

/** What fits, as rows of `columns`, looked up rather than gone through; no more than {@link GATHERED_MAX} rows are looked at. */
export const gathered = (search: Search, plan: Extract<Plan, { way: 'gather' }>, columns: RawBuilder<unknown>) => sql`
  select ${columns}, ${fits(search)} as fits
  from (select * from resource where ${found(search, plan)} limit ${GATHERED_MAX + 1}) as resource`;

/**
 * Statements over the index of terms, in a transaction of their own: the planner takes the beginning of a word for more frequent than it is, and
 * would then rather go through the table.
 */
export const lookingUp = <T>(
  db: Database<DiscoveryDatabase>,
  read: (tx: Transaction<DiscoveryDatabase>) => Promise<T>,
) =>
  db.transaction().execute(async (tx) => {
    await sql`select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true),
      set_config('jit', 'off', true)`.execute(tx);
    return read(tx);
  });

/** The next `count` that fit; `undefined` when more was found than can be looked at. */
async function gatherPlaces(
  db: Database<DiscoveryDatabase>,
  search: Search,
  plan: Extract<Plan, { way: 'gather' }>,
  after: Place | undefined,
  count: number,
): Promise<Places | undefined> {
  const { rows } = await lookingUp(db, (tx) =>
    sql<Place & { readonly looked: number }>`
      with gathered as materialized (${gathered(search, plan, placeColumns)}),
        looked as (select count(*)::integer as looked from gathered),
        fitting as (
          select ${placeColumns} from gathered as resource where fits and ${isAfter(search, after)}
          order by ${inOrder(search)} limit ${count + 1})
      select looked.looked, fitting.* from looked left join fitting on true
      order by type, namespace, name, connection_id, uid`.execute(tx),
  );
  if ((rows[0]?.looked ?? 0) > GATHERED_MAX) return undefined;
  const places = rows.filter(({ uid }) => (uid as string | null) !== null);
  return toPlaces(places, count);
}

function toPlaces(places: readonly Place[], count: number): Places {
  const shown = places.slice(0, count);
  const last = shown.at(-1);
  return places.length > count && last !== undefined ? { places: shown, next: last } : { places: shown };
}

async function walkPlaces(
  db: Database<DiscoveryDatabase>,
  search: Search,
  after: Place | undefined,
  count: number,
): Promise<Places> {
  const way = sql`from resource where ${walked(search)} and ${isAfter(search, after)} order by ${inOrder(search)}`;
  if (!leavesOut(search)) {
    const { rows } = await sql<Place>`select ${placeColumns} ${way} limit ${count + 1}`.execute(db);
    return toPlaces(rows, count);
  }
  // Both statements see the same rows: where some went in between, others would be passed over that nobody has looked at.
  const walk = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return walk.execute(async (tx) => {
    const { rows } = await sql<Place>`
      select ${placeColumns} from (select * ${way} limit ${WALKED_MAX}) as resource
      where ${fits(search)} order by ${inOrder(search)} limit ${count + 1}`.execute(tx);
    if (rows.length > count) return toPlaces(rows, count);
    const { rows: ends } = await sql<Place>`
      select ${placeColumns} ${way} limit 1 offset ${WALKED_MAX - 1}`.execute(tx);
    const next = ends[0];
    return next === undefined ? { places: rows } : { places: rows, next };
  });
}

/**
 * The next `count` objects that fit, after a place in the order of the list. Fewer, with somewhere to go on, when so much does not fit
 * that {@link WALKED_MAX} rows did not hold as many.
 */
export async function findPlaces(
  db: Database<DiscoveryDatabase>,
  search: Search,
  plan: Plan,
  after: Place | undefined,
  count: number,
): Promise<Places> {
  const places = plan.way === 'gather' ? await gatherPlaces(db, search, plan, after, count) : undefined;
  return places ?? walkPlaces(db, search, after, count);
}
