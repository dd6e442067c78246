import { listenForStop } from '@mooring/engines';

/** Why everything is to end: somebody asked for it, or this program itself failed. */
export type End = { readonly signal: NodeJS.Signals } | { readonly fault: unknown };

/**
 * Resolves when somebody asks to stop, or when an error was not handled anywhere. Whoever asks again a second or more later is
 * impatient: that is told by `onAgain`.
 */
export function nextEnd(onAgain: () => void): Promise<End> {
  return new Promise((resolve) => {
    listenForStop({ onAgain, onAsked: (signal) => resolve({ signal }) });
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      process.on(event, (fault: unknown) => resolve({ fault }));
    }
  });
}
