import type { Kysely } from 'kysely';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolMax?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
}

/**
 * A Kysely over PostgreSQL that is closed by `await using`. `bigint` columns (int8) come and go as JavaScript `bigint`.
 * Errors of the world come as Failures: `unavailable` (connection lost or refused, shutdown, too many connections),
 * `conflict` (serialization, deadlock), `outcome-unknown` (the connection was lost during a commit), `denied`. Others come as
 * they are: they are bugs.
 */
export type Database<DB> = Kysely<DB> & AsyncDisposable & { readonly url: string };

/** Connects when first used; a lost connection is replaced at the next use. */
export function openDatabase<DB>(options: DatabaseOptions): Database<DB> {
  throw new Error(`not built yet: ${options.poolMax ?? 0}`);
}
