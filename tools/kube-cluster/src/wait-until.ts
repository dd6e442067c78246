import { Failure, delay, messageOf } from '@mooring/kernel';

/** Throws when waiting any longer is of no use. */
export type Patience = () => void;

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Asked before each look; what it throws ends the wait. */
  readonly patience: Patience;
}

/** Looks every 100 ms, or less often when looking takes long, until `look` gives something; a look that throws has seen nothing. Fails with `timeout` and the last error. */
export async function waitUntil<T>(
  what: string,
  { timeoutMs, patience }: WaitOptions,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last = '';
  while (Date.now() < deadline) {
    patience();
    const startedAt = performance.now();
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (thrown) {
      last = `: ${messageOf(thrown)}`;
    }
    await delay(Math.max(100, 2 * (performance.now() - startedAt)));
  }
  throw new Failure('timeout', `${what} did not happen within ${timeoutMs} ms${last}`);
}
