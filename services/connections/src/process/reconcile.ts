import { createBackoff, delay, messageOf } from '@mooring/kernel';
import type { CredentialDelivery } from './credentials.ts';

/** The longest wait before a round that has something left to do, in milliseconds; they grow up to `everyMs`. */
const SOON_MS = 1_000;

/**
 * Compares credentials here and at discovery again and again until `signal` aborts: every `everyMs`, sooner while something is left to do or
 * a round failed, and at once when JetStream is there again, which may have lost some.
 */
export async function reconcileForEver(
  credentials: Pick<CredentialDelivery, 'reconcile'>,
  options: {
    readonly everyMs: number;
    readonly signal: AbortSignal;
    readonly onFailure: (message: string) => void;
    /** Calls `listener` whenever JetStream is there again; gives the function that ends it. */
    readonly onReconnect: (listener: () => void) => () => void;
  },
): Promise<void> {
  const { everyMs, signal, onFailure } = options;
  const backoff = createBackoff({ minMs: Math.min(SOON_MS, everyMs), maxMs: everyMs });
  let woken = new AbortController();
  const stopListening = options.onReconnect(() => {
    woken.abort();
  });
  try {
    while (!signal.aborted) {
      woken = new AbortController();
      const isDone = await credentials.reconcile().catch((thrown: unknown) => {
        onFailure(messageOf(thrown));
        return false;
      });
      if (isDone) backoff.reset();
      await delay(isDone ? everyMs : backoff.next(), AbortSignal.any([signal, woken.signal]));
    }
  } finally {
    stopListening();
  }
}
