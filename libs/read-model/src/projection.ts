import type { EventStore, FollowStatus, StoredEvent } from '@mooring/event-store';
import type { Transaction } from 'kysely';
import type { Database } from './database.ts';

/**
 * What is kept in tables about the events of some streams. Its tables live in the PostgreSQL schema named `name`: read them by
 * `db.withSchema(name)`. Inside `create` and `apply` that schema (or the one a rebuild is written to) is the search path, so
 * there tables are named plainly.
 */
export interface Projection<DB> {
  /** Lower-case letters, digits and _; the name of its schema. */
  readonly name: string;
  /** Raise it whenever `create` or `apply` changes: the tables are then built anew beside the live ones and replace them when they have caught up. */
  readonly version: number;
  /** Stream name prefixes. */
  readonly prefixes: readonly string[];
  /** Makes the empty tables. */
  readonly create: (tx: Transaction<DB>) => Promise<void>;
  /**
   * Writes what follows from the events, which come in order, each once. The same events must give the same rows byte for
   * byte: no clock, serial or random value. Must tolerate unknown types. Runs in the transaction that moves the checkpoint.
   */
  readonly apply: (tx: Transaction<DB>, events: readonly StoredEvent[]) => Promise<void>;
}

export interface ProjectionStatus extends FollowStatus {
  /** Whether readers see this version, or still the one before while this is built. */
  readonly serving: boolean;
}

export interface ProjectionOptions<DB> {
  readonly db: Database<DB>;
  readonly store: EventStore;
  readonly projection: Projection<DB>;
  readonly signal: AbortSignal;
  readonly batchMax?: number;
  readonly onStatus?: (status: ProjectionStatus) => void;
}

/**
 * Makes the tables when they are missing (readers find them, still empty, once `onStatus` was called), then follows the store
 * until `signal` aborts. May run in several instances at once: each batch locks the checkpoint row and skips what is not newer.
 * Lost databases and stores are waited for.
 *
 * Rejects with Failure `invalid` when a newer version of the projection serves already, `corrupt` when the event store does not
 * hold the event the checkpoint names (one of the two was restored), or with what `apply` threw when a retry cannot help.
 */
export function runProjection<DB>(options: ProjectionOptions<DB>): Promise<void> {
  throw new Error(`not built yet: ${options.projection.name}`);
}
