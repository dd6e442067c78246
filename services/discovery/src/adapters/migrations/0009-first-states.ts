import { sql, type Kysely } from 'kysely';
import { replaceWriteChanges } from './0004-write-changes.ts';

/** Objects that are there when their kind is first read, be it long after their cluster was, have not been added just then. */
export async function noteFirstStates(db: Kysely<unknown>): Promise<void> {
  await sql`alter table kind_status add column read_once boolean not null default false`.execute(db);
  await sql`update kind_status set read_once = true where state = 'watching' or objects > 0`.execute(db);
  await replaceWriteChanges(
    db,
    sql`with_history and type not in
        (select type from kind_status where connection_id = given_connection and not read_once)`,
  );
}
