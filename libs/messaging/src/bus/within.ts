import { delay } from '@mooring/kernel';

/** Waits for `work`, but no longer than `timeoutMs`. */
export async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([work, delay(timeoutMs, over.signal)]);
  } finally {
    over.abort();
  }
}
