import { Failure } from '@mooring/kernel';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import { createCheckpointTable, lockCheckpoints, type Checkpoint } from './checkpoint.ts';
import { besideSchema, searchPath, type Projection } from './projection.ts';

/** Plain table names mean those of `schema` until the transaction ends. */
export const useSchema = <DB>(tx: Transaction<DB>, schema: string): Promise<unknown> =>
  sql`select set_config('search_path', ${searchPath(schema)}, true)`.execute(tx);

/**
 * Makes the tables of this version if they are not there: as the serving ones when there are none yet, else beside them. Drops
 * what earlier versions left half built. Gives how far this version is.
 */
export async function prepareTables<DB>(db: Database<DB>, projection: Projection<DB>): Promise<Checkpoint> {
  const { name, version } = projection;
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('mooring projections'))`.execute(tx);
    await createCheckpointTable(tx);
    const checkpoints = await lockCheckpoints(tx, name);
    const serving = checkpoints.find((checkpoint) => checkpoint.serving);
    if (serving !== undefined && serving.version > version) throw newerServes(projection, serving.version);
    const own = checkpoints.find((checkpoint) => checkpoint.version === version);
    await dropLeftOvers(tx, name, new Set([version, serving?.version ?? version]), version);
    if (own !== undefined) return own;
    await createVersion(tx, projection, serving === undefined);
    return { version, position: null, eventPosition: null, eventId: null, serving: serving === undefined };
  });
}

async function createVersion<DB>(tx: Transaction<DB>, { name, version, create }: Projection<DB>, serving: boolean) {
  const schema = serving ? name : besideSchema(name, version);
  await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(tx);
  await sql`create schema ${sql.id(schema)}`.execute(tx);
  await useSchema(tx, schema);
  await create(tx);
  await sql`insert into projections.checkpoint (name, version, serving) values (${name}, ${version}, ${serving})`.execute(
    tx,
  );
}

/** Versions below `version` that are not in `kept`: their checkpoints and their schemas. */
async function dropLeftOvers<DB>(tx: Transaction<DB>, name: string, kept: ReadonlySet<number>, version: number) {
  await sql`
    delete from projections.checkpoint
    where name = ${name} and version < ${version} and not version = any(${[...kept]}::integer[])`.execute(tx);
  const { rows } = await sql<{ schema: string }>`
    select nspname::text as schema from pg_namespace where nspname ~ ${`^${name}_v[0-9]+$`}`.execute(tx);
  for (const { schema } of rows) {
    const found = Number(schema.slice(name.length + 2));
    if (found < version && !kept.has(found)) await sql`drop schema ${sql.id(schema)} cascade`.execute(tx);
  }
}

/**
 * Lets this version serve once it has every event that the serving one has, so that readers never see less than before. The old
 * tables are dropped after that, when the last reader of them is done. Gives whether it serves.
 */
export async function serveWhenCaughtUp<DB>(db: Database<DB>, { name, version }: Projection<DB>): Promise<boolean> {
  const aside = await db.transaction().execute(async (tx) => {
    const checkpoints = await lockCheckpoints(tx, name);
    const own = checkpoints.find((checkpoint) => checkpoint.version === version);
    const serving = checkpoints.find((checkpoint) => checkpoint.serving);
    if (own === undefined || serving === undefined) throw newerServes({ name, version });
    if (own.serving) return 'already';
    if ((own.position ?? -1n) < (serving.eventPosition ?? -1n)) return undefined;
    const schema = besideSchema(name, serving.version);
    await sql`alter schema ${sql.id(name)} rename to ${sql.id(schema)}`.execute(tx);
    await sql`alter schema ${sql.id(besideSchema(name, version))} rename to ${sql.id(name)}`.execute(tx);
    await sql`delete from projections.checkpoint where name = ${name} and version = ${serving.version}`.execute(tx);
    await sql`update projections.checkpoint set serving = true where name = ${name} and version = ${version}`.execute(
      tx,
    );
    return { schema };
  });
  if (typeof aside === 'object') await dropSchema(db, aside.schema);
  return aside !== undefined;
}

export const dropSchema = <DB>(db: Kysely<DB>, schema: string): Promise<unknown> =>
  sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);

export const newerServes = (
  { name, version }: Pick<Projection<unknown>, 'name' | 'version'>,
  newer?: number,
): Failure =>
  new Failure(
    'invalid',
    `projection ${name}: version ${newer ?? 'newer'} serves, this code has version ${version}. Run the newer version, ` +
      `or to go back, drop schema ${name} and its row in projections.checkpoint so that it is built anew`,
  );
