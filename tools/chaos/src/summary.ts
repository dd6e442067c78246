import { COMPONENTS, type Component, type Fault } from './faults/fault.ts';
import type { Asking } from './load/asked.ts';
import type { RoundResult } from './round.ts';

export interface RoundFigures extends RoundResult {
  readonly fault: Fault;
  /** Resident after the round, in MiB. */
  readonly memory: Readonly<Record<Component, number>>;
}

const sorted = (numbers: readonly number[]): readonly number[] => [...numbers].sort((one, two) => one - two);

/** The figures of a whole run, for a person. */
export function summaryOf(figures: readonly RoundFigures[], asking: Asking, connections: number): string {
  const answers = asking.asked.flatMap((one) => one.answers.slice(0, 1).map(({ status }) => status));
  const accepted = answers.filter((status) => status < 300).length;
  const { stored = 0, published = 0, logged = 0 } = figures.at(-1)?.counts ?? {};
  const byKind = Map.groupBy(figures, ({ fault }) => fault.kind);
  const recoveries = [...byKind].map(([kind, rounds]) => {
    const times = sorted(rounds.flatMap(({ recovery }) => recovery?.ms ?? []));
    const median = times[Math.floor(times.length / 2)] ?? 0;
    return `  ${kind.padEnd(14)} ${String(rounds.length).padStart(3)} times, well again in ${median} ms (median), ${times.at(-1) ?? 0} ms (most)`;
  });
  const memory = COMPONENTS.map((name) => `${name} ${Math.max(...figures.map((one) => one.memory[name]))}`);
  return `
${figures.length} rounds, nothing lost and nothing twice.
  ${asking.asked.length} commands and imports: ${accepted} accepted, ${answers.length - accepted} refused, each once; ${asking.unavailable} answers 503 on the way
  ${stored} events stored, ${published} published, ${logged} in the log; the live stream was cut and resumed ${Math.max(0, connections - 1)} times
${recoveries.join('\n')}
  most memory in MiB: ${memory.join(', ')}
`;
}
