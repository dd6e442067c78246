import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Rows to take, in the order given; all when empty. */
  readonly rows: readonly string[];
  /** Events per round of a row; its own default when absent. */
  readonly events?: number;
  /** Pods of a row's cluster; its own default when absent. */
  readonly pods?: number;
  /** Simulated clusters of a row that has many; its own default when absent. */
  readonly clusters?: number;
  /** Of steady state; a row's own default when absent. */
  readonly seconds?: number;
  /** Keeps a row's cluster for the next run. */
  readonly clusterFolder?: string;
}

const EVENTS_MAX = 1_000_000;
const PODS_MAX = 100_000;
const CLUSTERS_MAX = 1_000;
const SECONDS_MAX = 3_600;

/** The command line; throws an error in words for what it does not know. */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { events: text, pods: text, clusters: text, seconds: text, cluster: text },
    allowPositionals: true,
  });
  const unknown = positionals.find((row) => !known.includes(row));
  if (unknown !== undefined) throw new Error(`there is no row "${unknown}"; there are: ${known.join(', ')}`);
  const events = readCount('events', values.events, 100, EVENTS_MAX);
  const pods = readCount('pods', values.pods, 4, PODS_MAX);
  const clusters = readCount('clusters', values.clusters, 4, CLUSTERS_MAX);
  const seconds = readCount('seconds', values.seconds, 1, SECONDS_MAX);
  return {
    rows: positionals,
    ...(events !== undefined && { events }),
    ...(pods !== undefined && { pods }),
    ...(clusters !== undefined && { clusters }),
    ...(seconds !== undefined && { seconds }),
    ...(values.cluster !== undefined && { clusterFolder: resolve(values.cluster) }),
  };
}

function readCount(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < min || count > max)
    throw new Error(`--${name} ${text}: a whole number from ${min} to ${max}`);
  return count;
}
