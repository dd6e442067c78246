import { median } from './median.ts';

/** What one round came to. */
export interface Sample {
  readonly perSecond: number;
  /** CPU time this process spent on each, in microseconds; absent where the work is done elsewhere. Busy neighbours hardly change it. */
  readonly cpuMicros?: number;
}

/** Does a piece of work once; only the work itself is timed. */
export type Round = () => Promise<Sample>;

/** What was taken, in order. */
export interface Samples {
  readonly ours: readonly Sample[];
  /** One for each of `ours`; absent where a figure has no baseline. */
  readonly baseline?: readonly Sample[];
}

/** What a row says: samples with the goal they are held to. */
export interface Measurement extends Samples {
  readonly row: string;
  readonly what: string;
  /** What `ours` counts, per second. */
  readonly unit: string;
  readonly baselineIs?: string;
  readonly goal?: { readonly ratioMin?: number; readonly perSecondMin?: number };
}

/** Times `work`, which resolves when `count` pieces are done, by the clock and by what this process spent on it. */
export async function timed(count: number, work: () => Promise<unknown>): Promise<Required<Sample>> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: count / ((performance.now() - startedAt) / 1_000), cpuMicros: (user + system) / count };
}

/** A comparison takes no new pair after so long, so that a slow machine still ends in time; the first two pairs are always taken. */
const BUDGET_MS = 20_000;
const ROUNDS_MIN = 2;

/**
 * Takes `rounds` pairs (fewer on a slow machine), one after the other (A B A B …), so that whatever else the machine does meets both alike. A first
 * pair, which is thrown away, lets both be compiled.
 */
export async function compare(rounds: number, ours: Round, baseline: Round): Promise<Required<Samples>> {
  const startedAt = performance.now();
  await ours();
  await baseline();
  const taken = { ours: [] as Sample[], baseline: [] as Sample[] };
  for (let round = 0; round < rounds; round += 1) {
    if (round >= ROUNDS_MIN && performance.now() - startedAt > BUDGET_MS) break;
    taken.ours.push(await ours());
    taken.baseline.push(await baseline());
  }
  return taken;
}

/** What is printed of a measurement: medians, and the ratio of the pairs with its spread, so that noise can be seen. */
export interface Summary {
  readonly perSecond: number;
  readonly cpuMicros?: number;
  readonly baseline?: { readonly perSecond: number; readonly cpuMicros?: number };
  /** Median, lowest and highest over the pairs. */
  readonly ratio?: { readonly median: number; readonly min: number; readonly max: number };
  /** Absent without a goal. */
  readonly reached?: boolean;
}

function mediansOf(samples: readonly Sample[]) {
  const cpu = samples.flatMap(({ cpuMicros }) => (cpuMicros === undefined ? [] : [cpuMicros]));
  return {
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    ...(cpu.length > 0 && { cpuMicros: median(cpu) }),
  };
}

export function summarise({ ours, baseline, goal }: Measurement): Summary {
  const medians = mediansOf(ours);
  const ratios = baseline && ours.map(({ perSecond }, pair) => perSecond / (baseline[pair]?.perSecond ?? Number.NaN));
  const ratio = ratios && { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
  return {
    ...medians,
    ...(baseline && { baseline: mediansOf(baseline) }),
    ...(ratio && { ratio }),
    ...(goal && {
      reached: medians.perSecond >= (goal.perSecondMin ?? 0) && (ratio?.median ?? Infinity) >= (goal.ratioMin ?? 0),
    }),
  };
}
