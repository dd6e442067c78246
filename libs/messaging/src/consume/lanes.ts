import { delay } from '@mooring/kernel';

/** What one try of an item came to. */
export type Attempt = 'done' | { readonly retryAfterMs: number };

export interface LanesOptions<T> {
  /** Tries at once, over all lanes. */
  readonly concurrency: number;
  /** Tries one item; must not reject. */
  readonly attempt: (item: T) => Promise<Attempt>;
  /** When it aborts nothing is begun any more; what is being tried goes on to its end. */
  readonly signal: AbortSignal;
}

/**
 * Queues by key. Items of one key are tried one after the other, in the order they were added, each until it is done: one that
 * waits for its next try holds back those behind it, and nothing else. It takes no place while it waits.
 */
export interface Lanes<T> {
  add(key: string, item: T): void;
  /** Resolves when nothing is being tried and, unless `signal` has aborted, nothing is left. */
  idle(): Promise<void>;
}

export function createLanes<T>({ concurrency, attempt, signal }: LanesOptions<T>): Lanes<T> {
  const lanes = new Map<string, T[]>();
  const running = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  let free = concurrency;

  const takePlace = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const givePlace = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };

  const tryOnce = async (item: T): Promise<Attempt | undefined> => {
    await takePlace();
    try {
      return signal.aborted ? undefined : await attempt(item);
    } finally {
      givePlace();
    }
  };

  const finish = async (item: T): Promise<void> => {
    for (;;) {
      const result = await tryOnce(item);
      if (result === undefined || result === 'done') return;
      await delay(result.retryAfterMs, signal);
    }
  };

  const drain = async (key: string, lane: T[]): Promise<void> => {
    for (let item = lane[0]; item !== undefined && !signal.aborted; item = lane[0]) {
      await finish(item);
      lane.shift();
    }
    lanes.delete(key);
  };

  return {
    add(key, item) {
      if (signal.aborted) return;
      const lane = lanes.get(key);
      if (lane !== undefined) {
        lane.push(item);
        return;
      }
      const begun = [item];
      lanes.set(key, begun);
      const run = drain(key, begun).finally(() => running.delete(run));
      running.add(run);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
