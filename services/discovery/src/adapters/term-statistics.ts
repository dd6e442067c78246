import type { Database } from '@mooring/read-model';
import { sql } from 'kysely';
import type { TermStatistics } from '../domain/resource-search.ts';
import type { DiscoveryDatabase } from './tables.ts';

/** PostgreSQL takes its samples every few minutes at the most. */
const FRESH_MS = 60_000;

interface Sampled {
  readonly rows: number;
  readonly terms: readonly string[] | null;
  readonly shares: readonly number[] | null;
}

/** What PostgreSQL knows of the most frequent terms; what it does not list is rarer than those. */
export function createTermStatistics(db: Database<DiscoveryDatabase>): () => Promise<TermStatistics> {
  let known: { readonly at: number; readonly statistics: Promise<TermStatistics> } | undefined;
  return () => {
    const now = performance.now();
    if (known === undefined || now - known.at > FRESH_MS) {
      const fresh = { at: now, statistics: sample(db) };
      known = fresh;
      fresh.statistics.catch(() => {
        if (known === fresh) known = undefined;
      });
    }
    return known.statistics;
  };
}

async function sample(db: Database<DiscoveryDatabase>): Promise<TermStatistics> {
  const { rows } = await sql<Sampled>`
    select greatest(reltuples, 0)::float8 as rows, most_common_elems::text::text[] as terms,
      most_common_elem_freqs::float8[] as shares
    from pg_class left join pg_stats on schemaname = relnamespace::regnamespace::text and tablename = relname and attname = 'terms'
    where pg_class.oid = 'resource'::regclass`.execute(db);
  const { rows: count = 0, terms, shares } = rows[0] ?? {};
  return toStatistics(count, new Map((terms ?? []).map((term, index) => [term, shares?.[index] ?? 0])));
}

/** The shares of terms that have something in common are added: more objects than that have none of them. */
export function toStatistics(rows: number, shares: ReadonlyMap<string, number>): TermStatistics {
  const sumOf = (fits: (term: string) => boolean): number =>
    [...shares].reduce((sum, [term, share]) => (fits(term) ? sum + share : sum), 0);
  return {
    rows,
    share: ({ term, prefix }) =>
      prefix
        ? Math.min(
            1,
            sumOf((known) => known.startsWith(term)),
          )
        : (shares.get(term) ?? 0),
    shareOfPart: (part) =>
      Math.min(
        1,
        sumOf((known) => !known.includes('!') && known.includes(part)),
      ),
  };
}
