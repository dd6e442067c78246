/** Runs work of the same key one after the other, in the order of the calls; different keys at once. A failure is its caller's own. */
export type OneAtATime = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** In this process only: what another instance does at the same time still has to be noticed by its revision. */
export function createOneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
