import { sql, type Kysely } from 'kysely';

/** Where a cluster's nodes are. Of nodes that are there already it is told as if they had just come. */
export async function placeClusters(db: Kysely<unknown>): Promise<void> {
  await sql`alter table cluster add column place jsonb, add column nodes_changed boolean not null default true`.execute(
    db,
  );
}
