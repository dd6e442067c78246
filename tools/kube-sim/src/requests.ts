export interface CountedRequest {
  readonly verb: string;
  /** Without the query. */
  readonly path: string;
  readonly count: number;
}

/** What was asked of the server since it was made or `reset`. */
export interface RequestCounters {
  /**
   * Requests of this verb and, if given, this path: `get`, `list`, `watchlist` (a watch that begins with everything there is), `watch` (any
   * other one), or another method in lower case.
   */
  count(verb: string, path?: string): number;
  /** In the order in which each was first asked. */
  all(): readonly CountedRequest[];
  reset(): void;
}

export function createRequestCounters(): RequestCounters & { add(verb: string, path: string): void } {
  const counts = new Map<string, { verb: string; path: string; count: number }>();
  return {
    add(verb, path) {
      const key = `${verb} ${path}`;
      const found = counts.get(key) ?? { verb, path, count: 0 };
      found.count += 1;
      counts.set(key, found);
    },
    count: (verb, path) =>
      [...counts.values()]
        .filter((each) => each.verb === verb && (path === undefined || each.path === path))
        .reduce((sum, { count }) => sum + count, 0),
    all: () => [...counts.values()].map((each) => ({ ...each })),
    reset: () => counts.clear(),
  };
}
