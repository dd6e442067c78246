import { isFailure, messageOf } from '@mooring/kernel';
import { HELP, readOptions, type ChaosOptions } from './options.ts';
import { runChaos } from './run.ts';

const say = (line: string): void => console.log(line);

const repeatOf = ({ rounds, seed, only, mutant }: ChaosOptions): string =>
  [
    `npm run chaos -- --rounds ${rounds} --seed ${seed}`,
    ...(only.length === 0
      ? []
      : [`--only ${only.map(({ kind, target }) => (target === undefined ? kind : `${kind}:${target}`)).join(',')}`]),
    ...(mutant === undefined ? [] : [`--break ${mutant}`]),
  ].join(' ');

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), () => Math.floor(Math.random() * 2 ** 32));
  if (options === 'help') {
    say(HELP);
    return 0;
  }
  say(
    `${options.rounds} rounds with seed ${options.seed}${options.mutant === undefined ? '' : `, and the bug ${options.mutant}`}`,
  );
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say('Stopping after this round …');
      stop.abort();
    });
  }
  const isClean = await runChaos(options, say, stop.signal);
  if (!isClean) say(`To repeat it: ${repeatOf(options)}`);
  return isClean ? 0 : 1;
}

try {
  process.exit(await main());
} catch (thrown) {
  console.error(isFailure(thrown) || !(thrown instanceof Error) ? messageOf(thrown) : thrown.stack);
  process.exit(2);
}
