/** Lets at most `max` holders in at a time, first come first served. */
export interface Gate {
  /** Waits for a place, at most until `deadlineAt` (by `performance.now()`); gives what releases it, or nothing when it was too late. */
  enter(deadlineAt: number): Promise<(() => void) | undefined>;
}

export function createGate(max: number): Gate {
  let free = max;
  const waiting = new Set<() => void>();

  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  };

  return {
    enter(deadlineAt) {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(leave);
      }
      return new Promise((resolve) => {
        const admit = (): void => {
          clearTimeout(timer);
          waiting.delete(admit);
          resolve(leave);
        };
        const timer = setTimeout(
          () => {
            waiting.delete(admit);
            resolve(undefined);
          },
          Math.max(0, deadlineAt - performance.now()),
        );
        waiting.add(admit);
      });
    },
  };
}
