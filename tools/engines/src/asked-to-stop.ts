/** One request may arrive more than once: from the terminal, from a service manager that asks every process, and passed on by npm. */
const SAME_MS = 1_000;

export interface StopListeners {
  /** Every request, the first one too. */
  readonly onAsked: (signal: NodeJS.Signals) => void;
  /** Whoever asks again more than a second after the first is impatient; called before `onAsked`. */
  readonly onAgain: () => void;
}

/**
 * Listens, for good, for whoever wants this process to stop: Ctrl-C, SIGTERM, the terminal was closed. It outlives every further
 * request and a terminal that is gone, so that it can end what it started.
 */
export function listenForStop({ onAsked, onAgain }: StopListeners): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > SAME_MS) onAgain();
      onAsked(signal);
    });
  }
}
