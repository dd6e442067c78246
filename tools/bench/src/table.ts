import { summarise, type Measurement } from './compare.ts';

const HEADERS = ['row', 'what', 'reached', 'baseline', 'ratio', 'low–high', 'µs CPU each', 'goal', ''] as const;

const grouped = (rate: number): string => Math.round(rate).toLocaleString('en-GB');
const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;

function goalOf({ goal }: Measurement): string {
  const parts = [
    ...(goal?.perSecondMin === undefined ? [] : [`${grouped(goal.perSecondMin)}/s`]),
    ...(goal?.ratioMin === undefined ? [] : [percent(goal.ratioMin)]),
  ];
  return parts.length === 0 ? '' : `≥ ${parts.join(', ')}`;
}

function cellsOf(measurement: Measurement): readonly string[] {
  const { perSecond, cpuMicros, baseline, ratio, reached } = summarise(measurement);
  return [
    measurement.row,
    measurement.what,
    `${grouped(perSecond)} ${measurement.unit}`.trimEnd() + '/s',
    baseline === undefined ? '' : `${grouped(baseline.perSecond)}/s ${measurement.baselineIs ?? ''}`.trimEnd(),
    ratio === undefined ? '' : percent(ratio.median),
    ratio === undefined ? '' : `${percent(ratio.min)}–${percent(ratio.max)}`,
    cpuMicros === undefined ? '' : [cpuMicros, baseline?.cpuMicros ?? []].flat().map(Math.round).join(' : '),
    goalOf(measurement),
    reached === undefined ? '' : reached ? 'reached' : 'MISSED',
  ];
}

/** One line per measurement under a heading, in columns; no trailing spaces. */
export function formatTable(measurements: readonly Measurement[]): string {
  const lines = [[...HEADERS], ...measurements.map(cellsOf)];
  const widths = HEADERS.map((_header, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
