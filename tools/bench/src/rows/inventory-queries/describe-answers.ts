import { percentile } from '../../percentile.ts';

/** What the answers to one question took. */
export interface Answers {
  readonly what: string;
  readonly latenciesMs: readonly number[];
  /** Of the service and of PostgreSQL together; neighbours hardly change it. */
  readonly cpuMs: readonly number[];
}

const P99_MAX_MS = 50;

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-GB')} ms`;

const HEADERS = ['p50', 'p99', 'CPU p50', 'CPU p99', 'plain SQL'] as const;
const QUESTION_WIDTH = 46;

const line = (what: string, cells: readonly string[], verdict = ''): string =>
  `  ${what.padEnd(QUESTION_WIDTH)}${cells.map((cell) => cell.padStart(10)).join('')}${verdict}`;

/** A table of the questions. `plain` has what plain SQL took, for each that it was asked. */
export function describeAnswers(
  answers: readonly Answers[],
  plain: ReadonlyMap<string, number>,
  { objects, filledMs }: { readonly objects: number; readonly filledMs: number },
): readonly string[] {
  const missed = answers.filter(({ latenciesMs }) => percentile(latenciesMs, 0.99) >= P99_MAX_MS).length;
  return [
    `inventory-queries: ${objects.toLocaleString('en-GB')} objects, filled in ${Math.round(filledMs / 1_000)} s; goal p99 < ${P99_MAX_MS} ms: ${missed === 0 ? 'reached' : `MISSED by ${missed} of ${answers.length}`}`,
    line('question', HEADERS),
    ...answers.map(({ what, latenciesMs, cpuMs }) => {
      const plainMs = plain.get(what);
      const shares = [latenciesMs, cpuMs].flatMap((values) => [percentile(values, 0.5), percentile(values, 0.99)]);
      const cells = [...shares.map(ms), plainMs === undefined ? '' : ms(plainMs)];
      return line(what, cells, percentile(latenciesMs, 0.99) < P99_MAX_MS ? '' : '  MISSED').trimEnd();
    }),
  ];
}
