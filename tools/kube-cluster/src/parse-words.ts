import { parseArgs, type ParseArgsConfig } from 'node:util';

/** For what is in front of a negative number while `parseArgs` reads: no word of a command line holds it. */
const MARK = '\0';

const hideSign = (word: string): string => (/^-\d/.test(word) ? `${MARK}${word}` : word);
const showSign = <T>(word: T): T => (typeof word === 'string' && word.startsWith(MARK) ? (word.slice(1) as T) : word);

/** `parseArgs` that takes `-5` for a value: by itself it takes it for an option that nobody knows, and says so in place of what is allowed. */
export function parseWords<T extends ParseArgsConfig & { readonly args: readonly string[] }>(
  config: T,
): Pick<ReturnType<typeof parseArgs<T>>, 'values' | 'positionals'> {
  const { values, positionals } = parseArgs({ ...config, args: config.args.map(hideSign) });
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, showSign(value)]));
  return { values: shown, positionals: positionals.map(showSign) as typeof positionals };
}
