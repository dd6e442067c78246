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

export interface Taken {
  /** What an answer takes where nothing has to be found: where this is slow, the machine is. */
  readonly nothing: Answers;
  readonly answers: readonly Answers[];
  /** What plain SQL took, in milliseconds, by question. */
  readonly plain: ReadonlyMap<string, number>;
}

/** A table of the questions. */
export function describeAnswers(
  { nothing, answers, plain }: Taken,
  { objects, filledMs }: { readonly objects: number; readonly filledMs: number },
): readonly string[] {
  const missed = answers.filter(({ latenciesMs }) => percentile(latenciesMs, 0.99) >= P99_MAX_MS).length;
  const verdict = missed === 0 ? 'reached' : `MISSED by ${missed} of ${answers.length}`;
  const floorMs = percentile(nothing.latenciesMs, 0.99);
  return [
    `inventory-queries: ${objects.toLocaleString('en-GB')} objects, filled in ${Math.round(filledMs / 1_000)} s; goal p99 < ${P99_MAX_MS} ms: ${verdict}, on a machine that needs ${ms(floorMs)} for nothing`,
    line('question', HEADERS),
    ...[nothing, ...answers].map(({ what, latenciesMs, cpuMs }) => {
      const plainMs = plain.get(what);
      const shares = [latenciesMs, cpuMs].flatMap((values) => [percentile(values, 0.5), percentile(values, 0.99)]);
      const cells = [...shares.map(ms), plainMs === undefined ? '' : ms(plainMs)];
      return line(what, cells, percentile(latenciesMs, 0.99) < P99_MAX_MS ? '' : '  MISSED').trimEnd();
    }),
  ];
}
