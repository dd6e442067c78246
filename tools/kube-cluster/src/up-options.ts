import { Failure } from '@mooring/kernel';
import { parseRate } from './actions.ts';
import { BUNDLES, type Bundle } from './custom-types.ts';
import { parseWords } from './parse-words.ts';

/** What the clusters are to be. */
export interface UpOptions {
  readonly nodes: number;
  readonly pods: number;
  readonly clusters: number;
  readonly churnPerSecond: number | undefined;
  readonly bundles: readonly Bundle[];
  readonly data: string | undefined;
  /** Of the first; the next has the next. */
  readonly port: number | undefined;
}

const text = { type: 'string' } as const;
const OPTIONS = { nodes: text, pods: text, churn: text, crds: text, clusters: text, data: text, port: text } as const;

const PORT_MAX = 65_535;
/** What Kubernetes itself is made for. */
const NODES_MAX = 5_000;
/** They take 20 GB: see the README for 10,000. */
const PODS_MAX = 100_000;
const CLUSTERS_MAX = 100;

/** Reads the words after `up`. Throws a message that names what is wrong and what is allowed. */
export function readUpOptions(args: readonly string[]): UpOptions {
  const { values } = parseWords({ args, options: OPTIONS });
  const clusters = toCount('clusters', values.clusters ?? '1', 1, CLUSTERS_MAX);
  return {
    nodes: toCount('nodes', values.nodes ?? '10', 0, NODES_MAX),
    pods: toCount('pods', values.pods ?? '0', 0, PODS_MAX),
    clusters,
    churnPerSecond: values.churn === undefined ? undefined : toRate(values.churn),
    bundles: (values.crds ?? '')
      .split(',')
      .filter((name) => name !== '')
      .map(toBundle),
    data: values.data,
    port: values.port === undefined ? undefined : toCount('port', values.port, 1, PORT_MAX - clusters + 1),
  };
}

function toCount(name: string, given: string, min: number, max: number): number {
  const count = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(count >= min && count <= max)) {
    throw new Failure('invalid', `--${name} is a whole number from ${min} to ${max}, not ${given}`);
  }
  return count;
}

function toRate(given: string): number {
  const rate = parseRate(given);
  if (rate === undefined)
    throw new Failure('invalid', `--churn is a rate like 5/s or 5, more than 0 and at most 1000/s, not ${given}`);
  return rate;
}

function toBundle(name: string): Bundle {
  const bundle = BUNDLES.find((each) => each === name);
  if (bundle === undefined) throw new Failure('invalid', `--crds knows ${BUNDLES.join(' and ')}, not ${name}`);
  return bundle;
}
