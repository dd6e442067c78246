import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Rows to take, in the order given; all when empty. */
  readonly rows: readonly string[];
  /** Events per round of a row; its own default when absent. */
  readonly events?: number;
}

const EVENTS_MAX = 1_000_000;

/** The command line; throws an error in words for what it does not know. */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { events: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((row) => !known.includes(row));
  if (unknown !== undefined) throw new Error(`there is no row "${unknown}"; there are: ${known.join(', ')}`);
  if (values.events === undefined) return { rows: positionals };
  const events = Number(values.events);
  if (!Number.isSafeInteger(events) || events < 100 || events > EVENTS_MAX)
    throw new Error(`--events ${values.events}: a whole number from 100 to ${EVENTS_MAX}`);
  return { rows: positionals, events };
}
