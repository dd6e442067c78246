import type { HistoryEntry } from '@mooring/contracts';

/** Newest first, whatever the order of the pages. */
export const newestFirst = (entries: readonly HistoryEntry[]): readonly HistoryEntry[] =>
  [...entries].sort((one, other) => (BigInt(one.revision) < BigInt(other.revision) ? 1 : -1));

/** The entry whose state a revision shows: the last one at or before it. */
export const entryAt = (newestFirstEntries: readonly HistoryEntry[], revision: string): HistoryEntry | undefined =>
  newestFirstEntries.find((entry) => BigInt(entry.revision) <= BigInt(revision));

/** The revision a slider stands for: 0 is the oldest entry, the last position is now (no revision). */
export function revisionAt(newestFirstEntries: readonly HistoryEntry[], position: number): string | undefined {
  const index = newestFirstEntries.length - 1 - position;
  return index <= 0 ? undefined : newestFirstEntries[index]?.revision;
}

export function positionOf(newestFirstEntries: readonly HistoryEntry[], revision: string | undefined): number {
  const last = newestFirstEntries.length - 1;
  if (revision === undefined) return last;
  const entry = entryAt(newestFirstEntries, revision);
  return entry === undefined ? 0 : last - newestFirstEntries.indexOf(entry);
}
