import { delay } from '@mooring/kernel';

/** So many a second on average, and some at once: a bucket of tokens. */
export interface Pace {
  /** Resolves when this many may pass, in the order of asking; at once when `signal` has aborted. */
  take(tokens: number, signal: AbortSignal): Promise<void>;
  /** Milliseconds that askers were made to wait, altogether. */
  readonly heldBackMs: number;
}

export function createPace(perSecond: number, burst: number, now: () => number = () => performance.now()): Pace {
  let tokens = burst;
  let at = now();
  let heldBackMs = 0;
  return {
    get heldBackMs() {
      return heldBackMs;
    },
    async take(wanted, signal) {
      if (!Number.isFinite(perSecond)) return;
      const time = now();
      tokens = Math.min(burst, tokens + ((time - at) * perSecond) / 1000) - wanted;
      at = time;
      // Below nought everybody after this one waits longer: the order is kept without a queue.
      if (tokens >= 0 || signal.aborted) return;
      const waitMs = (-tokens * 1000) / perSecond;
      heldBackMs += waitMs;
      await delay(waitMs, signal);
    },
  };
}
