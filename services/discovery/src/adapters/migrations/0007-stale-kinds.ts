import { sql, type Kysely } from 'kysely';

/** A kind that cannot be followed ages by itself, whatever becomes of its cluster. Since when it has not been is the best that is known of earlier ones. */
export async function ageKinds(db: Kysely<unknown>): Promise<void> {
  await sql`alter table kind_status
    add column stale_since timestamptz, add column outdated boolean not null default false`.execute(db);
  await sql`update kind_status set stale_since = since where state in ('forbidden', 'missing', 'failing')`.execute(db);
  await sql`create index kind_status_outdated on kind_status (connection_id, type) where outdated`.execute(db);
}
