/** Why everything is to end: somebody asked for it, or this program itself failed. */
export type End = { readonly signal: NodeJS.Signals } | { readonly fault: unknown };

/** One Ctrl-C may arrive more than once: from the terminal, and passed on by npm. */
const SAME_MS = 1_000;

/**
 * Resolves when somebody asks to stop (Ctrl-C, SIGTERM, the terminal was closed), or when an error was not handled anywhere. Whoever
 * asks again a second or more later is impatient: that is told by `onAgain`.
 */
export function nextEnd(onAgain: () => void): Promise<End> {
  // A terminal that is gone must not keep anybody from stopping what was started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let firstAt: number | undefined;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        firstAt ??= performance.now();
        if (performance.now() - firstAt > SAME_MS) onAgain();
        resolve({ signal });
      });
    }
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      process.on(event, (fault: unknown) => resolve({ fault }));
    }
  });
}
