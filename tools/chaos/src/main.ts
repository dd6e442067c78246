import { runSeeded } from '@mooring/testing';
import { HELP, readOptions, type ChaosOptions } from './options.ts';
import { runChaos } from './run.ts';

const repeatOf = ({ rounds, seed, only, mutant }: ChaosOptions): string =>
  [
    `npm run chaos -- --rounds ${rounds} --seed ${seed}`,
    ...(only.length === 0
      ? []
      : [`--only ${only.map(({ kind, target }) => (target === undefined ? kind : `${kind}:${target}`)).join(',')}`]),
    ...(mutant === undefined ? [] : [`--break ${mutant}`]),
  ].join(' ');

const describe = ({ rounds, seed, mutant }: ChaosOptions): string =>
  `${rounds} rounds with seed ${seed}${mutant === undefined ? '' : `, and the bug ${mutant}`}`;

await runSeeded({ help: HELP, readOptions, describe, repeatOf, run: runChaos });
