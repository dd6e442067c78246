import { delay, messageOf } from '@mooring/kernel';

export interface EventuallyOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
  /** Between two looks. Default 20. */
  readonly intervalMs?: number;
}

/**
 * Calls `condition` again and again until it neither throws, rejects nor gives `false`, and gives its value. When that has not
 * come within `timeoutMs` it throws with the last error's message in its own, and as its cause; a call that hangs counts as not come.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 5_000, intervalMs = 20 }: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const over = new AbortController();
  const deadline = performance.now() + timeoutMs;
  const expiry = delay(timeoutMs, over.signal).then((): typeof EXPIRED => EXPIRED);
  let last: unknown = new Error('the condition gave no answer');
  try {
    while (performance.now() < deadline) {
      const seen = await Promise.race([look(condition), expiry]);
      if (seen === EXPIRED) break;
      if ('value' in seen) return seen.value;
      last = seen.thrown;
      await delay(Math.min(intervalMs, Math.max(0, deadline - performance.now())));
    }
  } finally {
    over.abort();
  }
  throw new Error(`not so within ${timeoutMs} ms: ${messageOf(last)}`, { cause: last });
}

const EXPIRED: unique symbol = Symbol('expired');

async function look<T>(
  condition: () => T | Promise<T>,
): Promise<{ readonly value: Exclude<T, false> } | { readonly thrown: unknown }> {
  try {
    const value = await condition();
    if (value === false) return { thrown: new Error('the condition is still false') };
    return { value: value as Exclude<T, false> };
  } catch (thrown) {
    return { thrown };
  }
}
