import type { Database } from './database.ts';

/** Tells how far the projections of a database are, whichever process runs them. */
export interface ProjectionProgress extends AsyncDisposable {
  /** The position in `$all` up to which the serving tables of projection `name` are good; undefined when there is none yet. */
  positionOf(name: string): Promise<bigint | undefined>;
  /** Waits until the serving tables hold everything up to `position`: true; false when `timeoutMs` passed first. */
  waitFor(name: string, position: bigint, timeoutMs: number): Promise<boolean>;
}

/** Listens on one connection of its own (opened when first needed) for what projections notify at each commit. */
export function createProjectionProgress<DB>(db: Database<DB>): ProjectionProgress {
  throw new Error(`not built yet: ${String(db)}`);
}
