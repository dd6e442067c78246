/** The smallest value that at least `share` (0 to 1) of the values do not exceed. Throws without values: a bug. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('there is no percentile of nothing');
  return value;
}
