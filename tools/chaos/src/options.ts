import { parseArgs } from 'node:util';
import { Failure, messageOf } from '@mooring/kernel';
import { SEED_MAX, wholeNumber } from '@mooring/testing';
import { COMPONENTS, FAULT_KINDS, type FaultKind } from './faults/fault.ts';
import type { Wanted } from './faults/plan.ts';
import { MUTANTS } from './mutants/mutants.ts';

export interface ChaosOptions {
  readonly rounds: number;
  /** Every choice follows from it; what happens between processes does not. */
  readonly seed: number;
  /** Empty for all kinds. */
  readonly only: readonly Wanted[];
  /** The name of the deliberate bug to run with. */
  readonly mutant: string | undefined;
  /** Keeps the data folder also when nothing was found. */
  readonly keep: boolean;
}

const ROUNDS_MAX = 1_000;

export const HELP = `Breaks the running system at random, under load, and proves that nothing was lost and nothing was done twice.

  npm run chaos -- --rounds N [--seed S] [--only KIND,…] [--break BUG] [--keep]

  --rounds N      so many faults, one after the other (default 10, at most ${ROUNDS_MAX})
  --seed S        the same faults in the same order (default: a new one, printed)
  --only KIND,…   ${FAULT_KINDS.join(', ')};
                  with a target, as kill:nats: ${COMPONENTS.join(', ')}
  --break BUG     runs with a deliberate bug, which must be found: ${MUTANTS.map(({ name }) => name).join(', ')}
  --keep          keep the data folder and the logs also when nothing was found
`;

/** Reads the command line. Throws a Failure `invalid` that names what is wrong and what is allowed. */
export function readOptions(args: readonly string[], newSeed: () => number): ChaosOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const mutant = values.break;
  if (mutant !== undefined && !MUTANTS.some(({ name }) => name === mutant)) {
    throw invalid(`--break ${mutant}: there are ${MUTANTS.map(({ name }) => name).join(', ')}`);
  }
  return {
    rounds: wholeNumber('rounds', values.rounds, 1, ROUNDS_MAX) ?? 10,
    seed: wholeNumber('seed', values.seed, 0, SEED_MAX) ?? newSeed(),
    only: (values.only ?? '').split(',').flatMap((word) => (word === '' ? [] : [readWanted(word)])),
    mutant,
    keep: values.keep === true,
  };
}

const invalid = (message: string): Failure => new Failure('invalid', message);

function readWanted(word: string): Wanted {
  const [kind = '', target] = word.split(':');
  if (!FAULT_KINDS.some((known) => known === kind))
    throw invalid(`--only ${word}: there are ${FAULT_KINDS.join(', ')}`);
  if (target === undefined) return { kind: kind as FaultKind };
  const isThere = COMPONENTS.some((known) => known === target);
  const canMeet =
    !/-all$|^power-cut$/.test(kind) &&
    !(['strand', 'cut', 'stall'].includes(kind) && /^(gateway|console)$/.test(target));
  if (!isThere || !canMeet || (kind !== 'kill-two' && target === 'console')) {
    throw invalid(`--only ${word}: ${kind} does not meet ${target}`);
  }
  return { kind: kind as FaultKind, target };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string' },
        break: { type: 'string' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (thrown) {
    throw invalid(`${messageOf(thrown)}\n\n${HELP}`);
  }
}
