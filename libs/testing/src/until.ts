import { delay, Failure, messageOf } from '@mooring/kernel';

export interface UntilOptions {
  readonly timeoutMs: number;
  /** Between two looks; 50 unless told. */
  readonly everyMs?: number;
  /** Added to what is said when the time is over. */
  readonly lastWords?: () => string;
}

/**
 * Asks again and again until there is something other than `false` or `undefined`; an error counts as no answer. Throws a Failure
 * `timeout` with the last error when the time is over.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | false | undefined> | T | false | undefined,
  { timeoutMs, everyMs = 50, lastWords }: UntilOptions,
): Promise<T> {
  const deadlineAt = performance.now() + timeoutMs;
  let last = '';
  while (performance.now() < deadlineAt) {
    try {
      const value = await ask();
      if (value !== false && value !== undefined) return value;
    } catch (thrown) {
      last = messageOf(thrown);
    }
    await delay(everyMs);
  }
  throw new Failure(
    'timeout',
    `waited ${timeoutMs / 1_000} s for ${what}${last === '' ? '' : `: ${last}`}${lastWords === undefined ? '' : `\n${lastWords()}`}`,
  );
}
