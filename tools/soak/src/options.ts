import { parseArgs } from 'node:util';
import { Failure, messageOf } from '@mooring/kernel';
import { SEED_MAX, wholeNumber } from '@mooring/testing';
import { FAULT_KINDS, type FaultKind } from './faults/fault.ts';

export interface SoakOptions {
  /** How long, from the first fault on; the start of the cluster is not in it. */
  readonly minutes: number;
  /** From one fault to the next. */
  readonly everySeconds: number;
  readonly pods: number;
  /** Changes made to the cluster; what controllers make of them comes on top. */
  readonly changesPerSecond: number;
  /** Every choice follows from it; what happens between processes does not. */
  readonly seed: number;
  /** Empty for all kinds. */
  readonly only: readonly FaultKind[];
  /** Keeps the data folder also when nothing was found. */
  readonly keep: boolean;
}

export const HELP = `Follows a real Kubernetes control plane that changes, with a fault every minute, and proves that the inventory equals it.

  npm run soak -- --minutes N [--every S] [--pods N] [--churn N] [--seed S] [--only KIND,…] [--keep]

  --minutes N     how long (default 60)
  --every S       seconds from one fault to the next (default 60)
  --pods N        pods of the cluster (default 1000)
  --churn N       changes per second (default 5)
  --seed S        the same faults and changes in the same order (default: a new one, printed)
  --only KIND,…   ${FAULT_KINDS.join(', ')}
  --keep          keep the data folder and the logs also when nothing was found
`;

/** Reads the command line. Throws a Failure `invalid` that names what is wrong and what is allowed. */
export function readOptions(args: readonly string[], newSeed: () => number): SoakOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  return {
    minutes: wholeNumber('minutes', values.minutes, 1, 10_080) ?? 60,
    everySeconds: wholeNumber('every', values.every, 10, 3_600) ?? 60,
    pods: wholeNumber('pods', values.pods, 1, 100_000) ?? 1_000,
    changesPerSecond: wholeNumber('churn', values.churn, 1, 1_000) ?? 5,
    seed: wholeNumber('seed', values.seed, 0, SEED_MAX) ?? newSeed(),
    only: (values.only ?? '').split(',').flatMap((word) => (word === '' ? [] : [readKind(word)])),
    keep: values.keep === true,
  };
}

/** The command that does the same again. */
export const repeatOf = ({ minutes, everySeconds, pods, changesPerSecond, seed, only }: SoakOptions): string =>
  [
    `npm run soak -- --minutes ${minutes} --every ${everySeconds} --pods ${pods} --churn ${changesPerSecond} --seed ${seed}`,
    ...(only.length === 0 ? [] : [`--only ${only.join(',')}`]),
  ].join(' ');

const invalid = (message: string): Failure => new Failure('invalid', message);

function readKind(word: string): FaultKind {
  const kind = FAULT_KINDS.find((known) => known === word);
  if (kind === undefined) throw invalid(`--only ${word}: there are ${FAULT_KINDS.join(', ')}`);
  return kind;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { minutes: text, every: text, pods: text, churn: text, seed: text, only: text, keep: flag };
  try {
    return parseArgs({ args: [...args], options: { ...options, help: { ...flag, short: 'h' } } }).values;
  } catch (thrown) {
    throw invalid(`${messageOf(thrown)}\n\n${HELP}`);
  }
}
