import type { EventStore } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { servingCheckpoint } from './checkpoint.ts';
import type { Projection } from './projection.ts';
import { dropSchema, useSchema } from './tables.ts';

const DIFFERENCES_MAX = 20;

export interface Comparison<DB> {
  readonly db: Database<DB>;
  readonly store: EventStore;
  readonly projection: Projection<DB>;
}

/**
 * Proves that the serving tables of a projection are what its events give: replays them into a schema of its own up to the same
 * position, compares every row of every table as text, drops it again. Gives the differences, 20 at most (`-` only served, `+`
 * only replayed); none is the proof. For tests and for the operator; the serving tables are only read.
 */
export async function compareWithReplay<DB>(comparison: Comparison<DB>): Promise<readonly string[]> {
  const { db, projection } = comparison;
  const scratch = `${projection.name}_replay_${randomUuid().slice(0, 8)}`;
  const served = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const checkpoint = await servingCheckpoint(tx, projection.name);
      return { rows: await rowsOf(tx, projection.name), upTo: checkpoint?.eventPosition ?? undefined };
    });
  try {
    await replay(comparison, scratch, served.upTo);
    const replayed = await rowsOf(db, scratch);
    return [
      ...[...served.rows].filter((row) => !replayed.has(row)).map((row) => `- ${row}`),
      ...[...replayed].filter((row) => !served.rows.has(row)).map((row) => `+ ${row}`),
    ].slice(0, DIFFERENCES_MAX);
  } finally {
    await dropSchema(db, scratch);
  }
}

async function replay<DB>({ db, store, projection }: Comparison<DB>, scratch: string, upTo: bigint | undefined) {
  await db.transaction().execute(async (tx) => {
    await sql`create schema ${sql.id(scratch)}`.execute(tx);
    await useSchema(tx, scratch);
    await projection.create(tx);
  });
  if (upTo === undefined) return;
  const controller = new AbortController();
  await store.follow({
    prefixes: projection.prefixes,
    from: 'start',
    signal: controller.signal,
    async handle(batch) {
      const events = batch.events.filter(({ position }) => position <= upTo);
      if (events.length > 0) {
        await db.transaction().execute(async (tx) => {
          await useSchema(tx, scratch);
          await projection.apply(tx, events);
        });
      }
      if (batch.position >= upTo) controller.abort();
    },
  });
}

/** Every row of every table of a schema, as `<n>× <table> <row>`, columns in their order. */
async function rowsOf<DB>(db: Kysely<DB>, schema: string): Promise<ReadonlySet<string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename::text as name from pg_tables where schemaname = ${schema}`.execute(db);
  const rows = new Set<string>();
  for (const { name } of tables) {
    const table = await sql<{ row: string; count: bigint }>`
      select t::text as row, count(*) as count from ${sql.id(schema, name)} as t group by 1`.execute(db);
    for (const { row, count } of table.rows) rows.add(`${count.toString()}× ${name} ${row}`);
  }
  return rows;
}
