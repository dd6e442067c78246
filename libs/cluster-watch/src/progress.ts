import { withTimeout } from '@mooring/kernel';

/**
 * The same items; while `timeoutMs()` gives a number, the next one has to come within that time, else the iteration throws a
 * `Failure` (`timeout`). Time that the reader takes for itself does not count.
 */
export async function* withProgress<T>(
  items: AsyncIterable<T>,
  timeoutMs: () => number | undefined,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    const limitMs = timeoutMs();
    const next = (): Promise<IteratorResult<T>> => iterator.next();
    const result = await (limitMs === undefined ? next() : withTimeout(limitMs, 'timeout', 'the first state', next));
    if (result.done === true) return;
    yield result.value;
  }
}
