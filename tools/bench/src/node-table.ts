import type { Measurement } from './compare.ts';
import type { RowResult } from './row.ts';

const LINE = /^\| (?<what>.+?) \| (?<node>[0-9.]+) \| (?<most>[0-9.]+) \| [0-9]+ % \| (?<wanted>.+?) \|$/u;

/** `75 %` is a ratio, `25000` a rate. */
function goalOf(wanted: string): NonNullable<Measurement['goal']> {
  const [, percent] = /^([0-9]+) %$/u.exec(wanted) ?? [];
  return percent === undefined ? { perSecondMin: Number(wanted) } : { ratioMin: Number(percent) / 100 };
}

/** Reads what the bench of the event store node prints: its table's lines as measurements of one sample, other lines as notes. */
export function readNodeTable(output: string): RowResult {
  const lines = output.split('\n').filter((line) => line !== '' && !/^\| (per second|---)/u.test(line));
  return {
    measurements: lines.flatMap((line): Measurement[] => {
      const { what, node, most, wanted } = LINE.exec(line)?.groups ?? {};
      if (what === undefined || wanted === undefined) return [];
      return [
        {
          ...{ row: 'event-store-node', what, unit: '', baselineIs: 'at most', goal: goalOf(wanted) },
          ...{ ours: [{ perSecond: Number(node) }], baseline: [{ perSecond: Number(most) }] },
        },
      ];
    }),
    notes: lines.filter((line) => !LINE.test(line)).map((line) => `event-store-node: ${line}`),
  };
}
