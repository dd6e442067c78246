import type { Database } from './database.ts';

export interface LeaseOptions<DB> {
  readonly db: Database<DB>;
  /** Any text; holders of the same name in one database exclude each other. */
  readonly name: string;
  /** Runs while the lease is held. Its signal aborts when the lease is lost or the outer signal aborts: stop then, soon. */
  readonly onHeld: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onStatus?: (status: { readonly held: boolean; readonly lastError?: Error }) => void;
}

/**
 * Runs `onHeld` in one process at a time, and again whenever the lease was lost, until `signal` aborts or `onHeld` returns or
 * throws (a Failure whose `retryCanHelp` only makes it try again). A holder that dies, hangs or is cut off loses the lease within
 * about 5 s, and the next one has it at once. A holder that is cut off may need a moment to notice: what it writes still needs
 * a fence of its own.
 */
export function withLease<DB>(options: LeaseOptions<DB>): Promise<void> {
  throw new Error(`not built yet: ${options.name}`);
}
