import { sql, type Kysely } from 'kysely';

/** When somebody last looked at a cluster, as far as it was written down: whoever watches it may be another instance than the one that was asked. */
export async function noteViews(db: Kysely<unknown>): Promise<void> {
  await sql`alter table desired_connection add column viewed_at timestamptz`.execute(db);
}
