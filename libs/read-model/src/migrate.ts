import type { Migration } from 'kysely';
import type { Database } from './database.ts';

/** By name; run in the order of the names (`0001-connections`, `0002-…`), each in the transaction of the whole run. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the database's own tables (those that are not projections) up to date; several instances may do it at once.
 * Failures: `invalid` when the database has been migrated by newer code than this, `unavailable`.
 */
export function migrate<DB>(db: Database<DB>, migrations: Migrations): Promise<void> {
  throw new Error(`not built yet: ${String(db)} ${Object.keys(migrations).length}`);
}
