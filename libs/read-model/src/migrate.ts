import { Failure } from '@mooring/kernel';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import type { Database } from './database.ts';

/** By name; run in the order of the names (`0001-connections`, `0002-…`), all that are missing in one transaction. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the database's own tables (those that are not projections) up to date; several instances may do it at once.
 * Failures: `invalid` when the database has been migrated by newer code than this, `unavailable`. What a migration throws is
 * thrown, and the database stays as it was.
 */
export async function migrate<DB>(db: Database<DB>, migrations: Migrations): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(hashtext('mooring migrations'))`.execute(connection);
    try {
      await refuseNewer(connection, migrations);
      const { error } = await new Migrator({
        db: connection,
        provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
      }).migrateToLatest();
      if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
    } finally {
      await sql`select pg_advisory_unlock(hashtext('mooring migrations'))`.execute(connection);
    }
  });
}

async function refuseNewer<DB>(db: Kysely<DB>, migrations: Migrations): Promise<void> {
  const { rows: tables } = await sql<{ known: boolean }>`
    select to_regclass('kysely_migration') is not null as known`.execute(db);
  if (tables[0]?.known !== true) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const unknown = rows.map(({ name }) => name).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new Failure(
    'invalid',
    `the database was migrated by newer code (${unknown.join(', ')}): run that or a newer version`,
    {
      details: { unknown },
    },
  );
}
