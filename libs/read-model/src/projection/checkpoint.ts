import { sql, type Kysely, type Transaction } from 'kysely';
import { besideSchema, searchPath } from './projection.ts';

/** How far a version of a projection is. */
export interface Checkpoint {
  readonly version: number;
  /** Everything up to here is in its tables; null before the first batch. */
  readonly position: bigint | null;
  /** The last event of its streams up to there. */
  readonly eventPosition: bigint | null;
  readonly eventId: string | null;
  /** Whether readers see its tables. */
  readonly serving: boolean;
}

const COLUMNS = sql`version, position, event_position as "eventPosition", event_id as "eventId", serving`;

export async function createCheckpointTable<DB>(tx: Transaction<DB>): Promise<void> {
  await sql`create schema if not exists projections`.execute(tx);
  await sql`create table if not exists projections.checkpoint (
    name text not null,
    version integer not null,
    position bigint,
    event_position bigint,
    event_id text,
    serving boolean not null,
    primary key (name, version)
  )`.execute(tx);
}

/** All versions of a projection, locked until the transaction ends. */
export async function lockCheckpoints<DB>(tx: Transaction<DB>, name: string): Promise<readonly Checkpoint[]> {
  const { rows } = await sql<Checkpoint>`
    select ${COLUMNS} from projections.checkpoint where name = ${name} order by version for update`.execute(tx);
  return rows;
}

/**
 * One version, locked until the transaction ends: whoever else applies the same projection waits here. Its tables are the
 * search path from then on.
 */
export async function lockCheckpoint<DB>(
  tx: Transaction<DB>,
  name: string,
  version: number,
): Promise<Checkpoint | undefined> {
  const beside = besideSchema(name, version);
  // The path is set after the lock is held, so by what the row says then.
  const { rows } = await sql<Checkpoint>`
    with locked as materialized (
      select ${COLUMNS} from projections.checkpoint where name = ${name} and version = ${version} for update)
    select locked.*, set_config('search_path', case when serving then ${searchPath(name)} else ${searchPath(beside)} end, true)
    from locked`.execute(tx);
  return rows[0];
}

/** The version that readers see; none before the first projection of this database was run. */
export async function servingCheckpoint<DB>(db: Kysely<DB>, name: string): Promise<Checkpoint | undefined> {
  const { rows: found } = await sql<{ known: boolean }>`
    select to_regclass('projections.checkpoint') is not null as known`.execute(db);
  if (found[0]?.known !== true) return undefined;
  const { rows } = await sql<Checkpoint>`
    select ${COLUMNS} from projections.checkpoint where name = ${name} and serving`.execute(db);
  return rows[0];
}

/** The channel on which every commit of serving tables is told, as `<name>:<position>`. */
export const PROGRESS_CHANNEL = 'mooring_projection';

export async function moveCheckpoint<DB>(tx: Transaction<DB>, name: string, checkpoint: Checkpoint): Promise<void> {
  const { version, position, eventPosition, eventId } = checkpoint;
  await sql`
    with moved as (
      update projections.checkpoint
      set position = ${position}, event_position = ${eventPosition}, event_id = ${eventId}
      where name = ${name} and version = ${version}
      returning serving and position is not null as told)
    select pg_notify(${PROGRESS_CHANNEL}, ${`${name}:${String(position)}`}) from moved where told`.execute(tx);
}
