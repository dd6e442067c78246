import type { Fault } from './faults/fault.ts';
import type { RoundResult } from './round.ts';

export interface RoundFigures {
  readonly fault: Fault;
  readonly result: RoundResult;
  /** The most that discovery's process had resident. */
  readonly peakBytes: number;
}

const sorted = (numbers: readonly number[]): readonly number[] => [...numbers].sort((one, two) => one - two);
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** The figures of a whole run, for a person. */
export function summaryOf(figures: readonly RoundFigures[], changes: number, batches: number): string {
  const byKind = Map.groupBy(figures, ({ fault }) => fault.kind);
  const recoveries = [...byKind].map(([kind, rounds]) => {
    const times = sorted(rounds.flatMap(({ result }) => result.recoveredMs ?? []));
    const median = times[Math.floor(times.length / 2)] ?? 0;
    const lists = rounds.reduce((sum, { result }) => sum + result.lists.recovering, 0);
    return `  ${kind.padEnd(15)} ${String(rounds.length).padStart(3)} times, followed again after ${seconds(median)} (median), ${seconds(times.at(-1) ?? 0)} (most); ${lists} collections read anew`;
  });
  const outside = figures.reduce((sum, { result }) => sum + result.lists.outside, 0);
  const metrics = figures.reduce((sum, { result }) => sum + result.metrics.size, 0);
  return `
${figures.length} rounds with ${changes} changes; after each the inventory equalled the cluster, object by object, hash by hash.
  ${figures.at(-1)?.result.objects ?? 0} objects at the end, as the API server lists them, and as ${batches} batches of the stream say
  collections read anew while nothing was wrong: ${outside} by the product, ${metrics} by the API server's own metrics
${recoveries.join('\n')}
  discovery had at most ${Math.round(Math.max(...figures.map(({ peakBytes }) => peakBytes)) / 1e6)} MB
`;
}
