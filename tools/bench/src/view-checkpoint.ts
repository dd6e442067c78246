import { delay } from '@mooring/kernel';
import type { Client } from 'pg';

const VIEW = 'connections_view';
const LOOK_EVERY_MS = 10;
const TIMEOUT_MS = 60_000;

/** How far the view was, and when. */
export interface Checkpoint {
  readonly position: bigint;
  /** By `performance.now()`. */
  readonly atMs: number;
}

/** What the service committed last; nothing before its first batch. */
export async function checkpointOf(sql: Client): Promise<Checkpoint | undefined> {
  const { rows: known } = await sql.query("select 1 where to_regclass('projections.checkpoint') is not null");
  if (known.length === 0) return undefined;
  const { rows } = await sql.query<{ position: string | null }>(
    'select position from projections.checkpoint where name = $1',
    [VIEW],
  );
  const position = rows[0]?.position ?? null;
  return position === null ? undefined : { position: BigInt(position), atMs: performance.now() };
}

/** Makes the next start of the service build the view from the first event. */
export async function dropView(sql: Client): Promise<void> {
  await sql.query(`drop schema ${VIEW} cascade`);
  await sql.query('delete from projections.checkpoint where name = $1', [VIEW]);
}

/** Asks again until there is a value other than `false`, every 10 ms, for a minute unless told. */
export async function until<T>(ask: () => Promise<T | false | undefined>, timeoutMs = TIMEOUT_MS): Promise<T> {
  const deadlineAt = performance.now() + timeoutMs;
  while (performance.now() < deadlineAt) {
    const value = await ask();
    if (value !== false && value !== undefined) return value;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`nothing came of it within ${timeoutMs} ms`);
}
