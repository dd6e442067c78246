import { Failure, isFailure, messageOf } from '@mooring/kernel';

/** A program that breaks something for a while, by choices that follow from a seed, and says whether it found anything wrong. */
export interface SeededProgram<Options> {
  readonly help: string;
  /** Reads the command line; throws a Failure with what is wrong with it. */
  readonly readOptions: (args: readonly string[], newSeed: () => number) => Options | 'help';
  /** What it is about to do: the first line it says. */
  readonly describe: (options: Options) => string;
  /** The command that does the same again. */
  readonly repeatOf: (options: Options) => string;
  /** Gives whether nothing was found. When `stop` aborts it ends in its own time. */
  readonly run: (options: Options, say: Say, stop: AbortSignal) => Promise<boolean>;
}

export type Say = (line: string) => void;

export const SEED_MAX = 2 ** 32 - 1;

const say: Say = (line) => void process.stdout.write(`${line}\n`);

/**
 * Runs the program with this process's command line and ends the process: with 0 when nothing was found, 1 when something was, 2 when it
 * could not be run. The first Ctrl-C or SIGTERM lets the round under way end; the second one ends the process.
 */
export async function runSeeded<Options>(program: SeededProgram<Options>): Promise<never> {
  try {
    process.exit(await exitCodeOf(program));
  } catch (thrown) {
    const reason = isFailure(thrown) || !(thrown instanceof Error) ? messageOf(thrown) : thrown.stack;
    process.stderr.write(`${reason ?? ''}\n`);
    process.exit(2);
  }
}

async function exitCodeOf<Options>(program: SeededProgram<Options>): Promise<number> {
  const options = program.readOptions(process.argv.slice(2), () => Math.floor(Math.random() * (SEED_MAX + 1)));
  if (options === 'help') {
    say(program.help);
    return 0;
  }
  say(program.describe(options));
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say('Stopping after this round …');
      stop.abort();
    });
  }
  const isClean = await program.run(options, say, stop.signal);
  if (!isClean) say(`To repeat it: ${program.repeatOf(options)}`);
  return isClean ? 0 : 1;
}

/** Reads an option that is a whole number; `undefined` when it is not given. Throws a Failure `invalid` that says what is allowed. */
export function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max))
    throw new Failure('invalid', `--${name} ${text}: a whole number from ${min} to ${max}`);
  return number;
}
