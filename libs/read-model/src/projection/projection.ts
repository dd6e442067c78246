import type { StoredEvent } from '@mooring/event-store';
import type { Transaction } from 'kysely';

/**
 * What is kept in tables about the events of some streams. Its tables live in the PostgreSQL schema named `name`: read them by
 * `db.withSchema(name)`. Inside `create` and `apply` that schema (or the one a rebuild is written to) is the search path, so
 * there tables are named plainly.
 */
export interface Projection<DB> {
  /** Lower-case letters, digits and _, at most 40; the name of its schema. */
  readonly name: string;
  /**
   * From 1. Raise it whenever `create` or `apply` changes: the tables are then built anew beside the live ones and replace them
   * when they have come as far.
   */
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

const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Throws on a projection that cannot be run: a bug. */
export function checkProjection({ name, version }: Pick<Projection<unknown>, 'name' | 'version'>): void {
  if (!NAME.test(name)) throw new Error(`projection "${name}": lower-case letters, digits and _, at most 40`);
  if (!Number.isSafeInteger(version) || version < 1)
    throw new Error(`projection ${name}: version ${version} is not from 1`);
}

/** The schema in which a version is built, or kept, while another one serves. */
export const besideSchema = (name: string, version: number): string => `${name}_v${version}`;

/** With it, plain table names mean those of `schema`. */
export const searchPath = (schema: string): string => `"${schema}", public`;
