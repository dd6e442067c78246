import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, messageOf } from '@mooring/kernel';
import { wholeNumber } from '@mooring/testing';
import type { Row } from './row.ts';

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

const [EVENTS_MIN, EVENTS_MAX] = [100, 1_000_000];
const [PODS_MIN, PODS_MAX] = [4, 100_000];
const [CLUSTERS_MIN, CLUSTERS_MAX] = [4, 1_000];
const [SECONDS_MIN, SECONDS_MAX] = [1, 3_600];

type KnownRow = Pick<Row, 'name' | 'onlyByName'>;

const namesOf = (rows: readonly KnownRow[]): string => rows.map(({ name }) => name).join(', ');

/** What `--help` prints. */
export const helpFor = (
  rows: readonly KnownRow[],
): string => `Measures, each beside a baseline in the same run, and prints a table of the ratios.

  npm run bench                  the rows ${namesOf(rows.filter(({ onlyByName = false }) => !onlyByName))}
  npm run bench -- ROW …         these; only by name, since they take minutes:
                                 ${namesOf(rows.filter(({ onlyByName = false }) => onlyByName))}

  --events N      events per round, ${EVENTS_MIN} to ${EVENTS_MAX} (default: the row's own)
  --pods N        pods of a row's cluster, or objects of each, ${PODS_MIN} to ${PODS_MAX}
  --clusters N    simulated clusters, ${CLUSTERS_MIN} to ${CLUSTERS_MAX}, of the rows that have many
  --seconds N     how long a steady state is looked at, ${SECONDS_MIN} to ${SECONDS_MAX}
  --cluster DIR   keep a row's cluster there for the next run
  --help          this text
`;

const invalid = (message: string): Failure => new Failure('invalid', message);

/**
 * The command line. Gives `help` where that was asked for; throws a Failure `invalid` that names what is wrong and what is allowed.
 */
export function parseOptions(args: readonly string[], known: readonly KnownRow[]): BenchOptions | 'help' {
  const { values, positionals } = parse(args, known);
  if (values.help === true) return 'help';
  const unknown = positionals.find((row) => !known.some(({ name }) => name === row));
  if (unknown !== undefined) throw invalid(`there is no row "${unknown}"; there are: ${namesOf(known)}`);
  const events = wholeNumber('events', values.events, EVENTS_MIN, EVENTS_MAX);
  const pods = wholeNumber('pods', values.pods, PODS_MIN, PODS_MAX);
  const clusters = wholeNumber('clusters', values.clusters, CLUSTERS_MIN, CLUSTERS_MAX);
  const seconds = wholeNumber('seconds', values.seconds, SECONDS_MIN, SECONDS_MAX);
  return {
    rows: positionals,
    ...(events !== undefined && { events }),
    ...(pods !== undefined && { pods }),
    ...(clusters !== undefined && { clusters }),
    ...(seconds !== undefined && { seconds }),
    ...(values.cluster !== undefined && { clusterFolder: resolve(values.cluster) }),
  };
}

function parse(args: readonly string[], known: readonly KnownRow[]) {
  const text = { type: 'string' } as const;
  const help = { type: 'boolean', short: 'h' } as const;
  const options = { events: text, pods: text, clusters: text, seconds: text, cluster: text, help };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (thrown) {
    throw invalid(`${messageOf(thrown)}\n\n${helpFor(known)}`);
  }
}
