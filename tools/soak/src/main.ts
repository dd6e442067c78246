import { isFailure, messageOf } from '@mooring/kernel';
import { HELP, readOptions, repeatOf } from './options.ts';
import { runSoak } from './run.ts';

const say = (line: string): void => console.log(line);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), () => Math.floor(Math.random() * 2 ** 32));
  if (options === 'help') {
    say(HELP);
    return 0;
  }
  say(repeatOf(options));
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say('Stopping after this round …');
      stop.abort();
    });
  }
  const isClean = await runSoak(options, say, stop.signal);
  if (!isClean) say(`To repeat it: ${repeatOf(options)}`);
  return isClean ? 0 : 1;
}

try {
  process.exit(await main());
} catch (thrown) {
  console.error(isFailure(thrown) || !(thrown instanceof Error) ? messageOf(thrown) : thrown.stack);
  process.exit(2);
}
