import { Failure, delay, messageOf } from '@mooring/kernel';

/** Looks every 100 ms until `look` gives something; a look that throws has seen nothing. Fails with `timeout` and the last error. */
export async function waitUntil<T>(what: string, timeoutMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last = '';
  while (Date.now() < deadline) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (thrown) {
      last = `: ${messageOf(thrown)}`;
    }
    await delay(100);
  }
  throw new Failure('timeout', `${what} did not happen within ${timeoutMs} ms${last}`);
}
