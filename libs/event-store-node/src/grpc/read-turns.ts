/** So many pages are read between two looks at what came in, so that appends wait for a few pages and not for all readers. */
const PAGES_A_TURN = 4;

export interface ReadTurns {
  /** Resolves when it is this reader's turn to read its next page; in the order of the calls. */
  next(): Promise<void>;
}

export function createReadTurns(): ReadTurns {
  let waiting: (() => void)[] = [];
  const turn = (): void => {
    const now = waiting.slice(0, PAGES_A_TURN);
    waiting = waiting.slice(PAGES_A_TURN);
    if (waiting.length > 0) setImmediate(turn);
    for (const resume of now) resume();
  };
  return {
    next: () =>
      new Promise((resolve) => {
        if (waiting.push(resolve) === 1) setImmediate(turn);
      }),
  };
}
