/** At most so many at a time; the others wait their turn. */
export interface Slots {
  /** Resolves with the function that gives the slot back (calling it twice does nothing), in the order of asking. */
  acquire(): Promise<() => void>;
}

export function createSlots(slotsMax: number): Slots {
  let free = slotsMax;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const once = (): (() => void) => {
    let given = false;
    return () => {
      if (!given) release();
      given = true;
    };
  };
  return {
    async acquire() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return once();
    },
  };
}
