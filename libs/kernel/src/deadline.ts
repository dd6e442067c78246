import { Failure } from './failure.ts';

/**
 * Gives `work` at most `timeoutMs`. When the time is over the returned promise rejects with a {@link Failure} of `code`;
 * `work` gets an abort signal so that it can stop, and whatever it still does is ignored.
 */
export async function withTimeout<T>(
  timeoutMs: number,
  code: 'timeout' | 'outcome-unknown' | 'unavailable',
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Failure(code, `${what} got no answer within ${timeoutMs} ms`, { details: { timeoutMs } }));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(controller.signal), expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` gives, or nothing as soon as `signal` aborts: who is away lets every call wait for its timeout. What `work` still does is ignored. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
    work.catch(() => undefined);
  }
}
