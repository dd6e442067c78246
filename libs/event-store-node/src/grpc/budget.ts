/** A bound on what a node holds in memory for its clients. */
export interface Budget {
  /** Takes so many bytes, or nothing and gives false. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly taken: number;
}

export function createBudget(bytesMax: number): Budget {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > bytesMax) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
    get taken() {
      return taken;
    },
  };
}
