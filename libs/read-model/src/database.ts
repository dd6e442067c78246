import { Kysely } from 'kysely';
import { Pool, types } from 'pg';
import { createDialect } from './dialect.ts';
import { giveUpWhenSilent } from './silence.ts';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolMax?: number;
  /** How long one statement may take, in milliseconds; 30,000 unless told. Its connection is then given up: it may have gone silent for ever. */
  readonly queryTimeoutMs?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
}

/**
 * A Kysely over PostgreSQL that is closed by `await using`. `bigint` columns (int8, and so `count(*)`) come and go as
 * JavaScript `bigint`. Errors of the world come as Failures: `unavailable` (connection lost or refused, shutdown, too many
 * connections), `conflict` (serialization, deadlock), `outcome-unknown` (the connection was lost during a commit), `timeout` (no answer
 * to a statement in time), `denied`. Others come as they are: they are bugs.
 */
export type Database<DB> = Kysely<DB> & AsyncDisposable & { readonly url: string };

const CONNECT_MS = 5_000;
const QUERY_MS = 30_000;
/** A peer that is gone without a word is noticed a few seconds after this. */
const KEEPALIVE_MS = 3_000;
/** A process that froze inside a transaction must not keep its locks: a projection's checkpoint row, for one. */
const IDLE_IN_TRANSACTION_MS = 8_000;

/** Connects when first used; a lost connection is replaced at the next use. */
export function openDatabase<DB>({
  url,
  poolMax = 10,
  queryTimeoutMs = QUERY_MS,
  applicationName = 'mooring',
}: DatabaseOptions): Database<DB> {
  const pool = new Pool({
    connectionString: url,
    max: poolMax,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
  });
  // A lost connection is told to whoever uses it, by the statement that fails; without listeners it would end the process.
  pool.on('error', ignore);
  pool.on('connect', (client) => {
    client.on('error', ignore);
    giveUpWhenSilent(client);
  });
  const kysely = new Kysely<DB>({ dialect: createDialect(pool) });
  return Object.defineProperty(kysely, 'url', { value: url, enumerable: false }) as Database<DB>;
}

const parserOf = (oid: Parameters<typeof types.getTypeParser>[0], format?: 'text'): unknown =>
  oid === types.builtins.INT8 ? BigInt : types.getTypeParser(oid, format);

const ignore = (): void => undefined;
