import type { Client } from 'pg';

/** As many events as the projector takes in one batch at most. */
const BATCH_EVENTS = 500;

/**
 * Writes every row of the live view into empty copies of its tables with the same indexes: batches of 500 history rows with the
 * rows of their connections upserted, and a checkpoint moved, in one transaction each. Gives history rows per second.
 */
export async function upsertInBulk(sql: Client): Promise<number> {
  await sql.query(`
    drop schema if exists bench cascade;
    create schema bench;
    create table bench.connection (like connections_view.connection including all);
    create table bench.connection_history (like connections_view.connection_history including all);
    create table bench.checkpoint (position integer not null);
    insert into bench.checkpoint values (0)`);
  const { rows: history } = await sql.query<{ connection_id: string }>(
    'select * from connections_view.connection_history order by connection_id, revision',
  );
  const { rows: connections } = await sql.query<{ id: string }>('select * from connections_view.connection');
  const byId = new Map(connections.map((connection) => [connection.id, connection]));

  const startedAt = performance.now();
  for (let from = 0; from < history.length; from += BATCH_EVENTS) {
    const batch = history.slice(from, from + BATCH_EVENTS);
    const ids = new Set(batch.map(({ connection_id }) => connection_id));
    await sql.query('begin');
    await sql.query(
      `insert into bench.connection select * from json_populate_recordset(null::bench.connection, $1)
       on conflict (id) do update set fold = excluded.fold, state = excluded.state, revision = excluded.revision`,
      [JSON.stringify([...ids].map((id) => byId.get(id)))],
    );
    await sql.query(
      'insert into bench.connection_history select * from json_populate_recordset(null::bench.connection_history, $1)',
      [JSON.stringify(batch)],
    );
    await sql.query('update bench.checkpoint set position = $1', [from + batch.length]);
    await sql.query('commit');
  }
  return history.length / ((performance.now() - startedAt) / 1_000);
}
