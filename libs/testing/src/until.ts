import { Failure, messageOf } from '@mooring/kernel';
import { eventually } from './eventually.ts';

export interface UntilOptions {
  readonly timeoutMs: number;
  /** Between two looks; 50 unless told. */
  readonly everyMs?: number;
  /** Added to what is said when the time is over. */
  readonly lastWords?: () => string;
}

/**
 * {@link eventually} for programs: asks again and again until there is something other than `false` or `undefined`; an error or a call
 * that hangs counts as no answer. Throws a Failure `timeout` with the last error when the time is over.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | false | undefined> | T | false | undefined,
  { timeoutMs, everyMs = 50, lastWords }: UntilOptions,
): Promise<T> {
  let last = '';
  const look = async (): Promise<T | false> => {
    try {
      return (await ask()) ?? false;
    } catch (thrown) {
      last = `: ${messageOf(thrown)}`;
      return false;
    }
  };
  try {
    return await eventually(look, { timeoutMs, intervalMs: everyMs });
  } catch {
    const words = lastWords === undefined ? '' : `\n${lastWords()}`;
    throw new Failure('timeout', `waited ${timeoutMs / 1_000} s for ${what}${last}${words}`);
  }
}
