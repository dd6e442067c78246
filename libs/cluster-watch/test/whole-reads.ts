import type { SimulatedCluster } from '@mooring/kube-sim';

/**
 * How often each collection was read from its start since the counters were last reset, by its path: by a list (each page counts) or by a
 * streamed first state. Empty where all that was asked for were changes.
 */
export function wholeReadsOf({ requests }: SimulatedCluster): Readonly<Record<string, number>> {
  const reads: Record<string, number> = {};
  for (const { verb, path, count } of requests.all())
    if (verb === 'list' || verb === 'watchlist') reads[path] = (reads[path] ?? 0) + count;
  return reads;
}

/** The same number for each of these paths. */
export const eachOnce = (paths: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(paths.map((path) => [path, 1]));
