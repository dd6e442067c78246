import { sql, type Kysely } from 'kysely';

/** A selector that names no namespace is about all of them: null, not the empty text, which is the namespace of what lives in none. */
export async function selectEverywhere(db: Kysely<unknown>): Promise<void> {
  await sql`alter table relation alter column to_namespace drop not null`.execute(db);
  await sql`update relation set to_namespace = null where selector is not null and to_namespace = ''`.execute(db);
}
