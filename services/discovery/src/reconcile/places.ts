/** A bounded number of places; whoever comes when all are taken waits in line. */
export interface Places {
  /** Resolves with the function that gives the place back (once; later calls do nothing), or without one when `signal` aborts. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createPlaces(count: number): Places {
  let free = count;
  const line: (() => void)[] = [];

  const giveBack = (): void => {
    const next = line.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const taken = (): (() => void) => {
    let mine = true;
    return () => {
      if (mine) giveBack();
      mine = false;
    };
  };

  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(() => undefined);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(taken());
      }
      return new Promise((resolve) => {
        const enter = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(taken());
        };
        const leave = (): void => {
          line.splice(line.indexOf(enter), 1);
          resolve(() => undefined);
        };
        signal.addEventListener('abort', leave, { once: true });
        line.push(enter);
      });
    },
  };
}
