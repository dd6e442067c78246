import { delay } from '@mooring/kernel';

/** Waits for `work`, but no longer than `timeoutMs`. */
export async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, delay(timeoutMs, over.signal)]);
  over.abort();
}
