/** Tells followers that something was committed; it does not say what, they look. */
export interface CommitSignal {
  /** Calls `wake` after each commit that added to the stream (or to any, for `undefined`), until the result is called. */
  watch(stream: string | undefined, wake: () => void): () => void;
  notify(streams: ReadonlySet<string>): void;
  readonly watchers: number;
}

export function createCommitSignal(): CommitSignal {
  const ofAll = new Set<() => void>();
  const byStream = new Map<string, Set<() => void>>();
  let watchers = 0;
  return {
    watch(stream, wake) {
      const set = stream === undefined ? ofAll : (byStream.get(stream) ?? new Set());
      if (stream !== undefined) byStream.set(stream, set);
      set.add(wake);
      watchers += 1;
      return () => {
        if (!set.delete(wake)) return;
        watchers -= 1;
        if (stream !== undefined && set.size === 0) byStream.delete(stream);
      };
    },
    notify(streams) {
      for (const wake of [...ofAll]) wake();
      for (const stream of streams) for (const wake of [...(byStream.get(stream) ?? [])]) wake();
    },
    get watchers() {
      return watchers;
    },
  };
}
