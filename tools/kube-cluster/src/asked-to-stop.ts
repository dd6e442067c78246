/** One request may arrive more than once: from the terminal, from a service manager that asks every process, and passed on. */
const SAME_MS = 1_000;

/**
 * Aborts when somebody asks this process to stop (Ctrl-C, SIGTERM, the terminal was closed). It outlives every further request, so
 * that it can end what it started; who asks again more than a second later is impatient, and `onAgain` is called.
 */
export function askedToStop(onAgain: () => void): AbortSignal {
  // A terminal that is gone must not keep it from ending what it started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const asked = new AbortController();
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > SAME_MS) onAgain();
      asked.abort();
    });
  }
  return asked.signal;
}
