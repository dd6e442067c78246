import { sql, type Kysely } from 'kysely';

/** When a connection's last batch was published: what the stream may still lose has to be remembered. */
export async function timePublished(db: Kysely<unknown>): Promise<void> {
  await sql`alter table inventory_published add column at timestamptz not null default now()`.execute(db);
}
