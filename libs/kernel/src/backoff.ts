/** Delays that grow by doubling, with full jitter (each is a random share of the bound), in milliseconds. */
export interface Backoff {
  /** The next delay, in [0, bound]; the bound doubles with every call up to `maxMs`. */
  next(): number;
  /** Starts again from `minMs`; call it after progress. */
  reset(): void;
  /** How many delays were given since the last reset. */
  readonly attempts: number;
}

export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
  /** In [0, 1); injected by tests. */
  readonly random?: () => number;
}

export function createBackoff({ minMs, maxMs, random = Math.random }: BackoffOptions): Backoff {
  let attempts = 0;
  return {
    next() {
      const bound = Math.min(maxMs, minMs * 2 ** attempts);
      attempts += 1;
      return Math.round(bound * random());
    },
    reset() {
      attempts = 0;
    },
    get attempts() {
      return attempts;
    },
  };
}

/** Waits `delayMs` or until `signal` aborts, whichever is first; resolves either way. */
export function delay(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
