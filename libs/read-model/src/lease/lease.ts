import { createBackoff, delay, isFailure } from '@mooring/kernel';
import type { Database } from '../database.ts';
import { acquireLease, type LeaseSession } from './session.ts';

export interface LeaseOptions<DB> {
  readonly db: Database<DB>;
  /** Any text; holders of the same name in one database exclude each other. */
  readonly name: string;
  /** Runs while the lease is held. Its signal aborts when the lease is lost or the outer signal aborts: stop then, soon. */
  readonly onHeld: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onStatus?: (status: LeaseStatus) => void;
}

export interface LeaseStatus {
  readonly held: boolean;
  readonly lastError?: unknown;
}

/**
 * Runs `onHeld` in one process at a time, and again whenever the lease was lost, until `signal` aborts or `onHeld` returns or
 * throws (a Failure whose `retryCanHelp` only makes it try again). The lease is given back when `onHeld` has ended. A holder
 * that dies loses the lease at once; one that hangs or is cut off, within about 5 s; the next one has it at once. A holder that
 * was cut off may need a moment to notice: what it writes still needs a fence of its own.
 */
export async function withLease<DB>(options: LeaseOptions<DB>): Promise<void> {
  const { db, name, signal, onStatus } = options;
  const backoff = createBackoff({ minMs: 100, maxMs: 2_000 });
  while (!signal.aborted) {
    try {
      const session = await acquireLease(db.url, name, signal);
      backoff.reset();
      onStatus?.({ held: true });
      const lastError = await holdOnce(session, options);
      if (lastError === undefined) return;
      onStatus?.({ held: false, lastError });
    } catch (thrown) {
      if (thrown instanceof HolderError) throw thrown.cause;
      onStatus?.({ held: false, lastError: thrown });
    }
    await delay(backoff.next(), signal);
  }
}

/** What `onHeld` threw and a retry cannot help. */
class HolderError extends Error {}

/** Why to try again; nothing when all is done. */
async function holdOnce<DB>(session: LeaseSession, { onHeld, signal }: LeaseOptions<DB>): Promise<unknown> {
  try {
    await onHeld(AbortSignal.any([session.lost, signal]));
    return session.lost.aborted ? session.lost.reason : undefined;
  } catch (thrown) {
    if (session.lost.aborted && !signal.aborted) return session.lost.reason;
    if (isFailure(thrown) && thrown.retryCanHelp) return thrown;
    throw new HolderError('', { cause: thrown });
  } finally {
    await session.release();
  }
}
