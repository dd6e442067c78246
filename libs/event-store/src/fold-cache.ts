import type { Fold } from './aggregate.ts';

export interface FoldCacheLimits {
  /** Streams remembered at most; default 10,000. */
  readonly entriesMax?: number;
  /** Bytes of all states together, estimated; default 32 MiB. A larger state is not remembered at all. */
  readonly bytesMax?: number;
}

/**
 * What commands know of streams that this process read or wrote before, so that they need not be read again. Only ever a
 * guess: another process may have written since. Whoever decides on a fold from here appends with its exact revision, and looks at
 * the stream before answering anything else (see `handleCommand`).
 */
export interface FoldCache {
  /** The newest fold remembered, if it was made by this very aggregate. */
  get<S>(streamName: string, foldedBy: object): Fold<S> | undefined;
  /** Remembers it unless a newer one is there; the longest unused ones go when there is no more room. */
  put(streamName: string, foldedBy: object, fold: Fold<unknown>): void;
  drop(streamName: string): void;
  /** For tests and metrics. */
  readonly size: { readonly entries: number; readonly bytes: number };
}

const ENTRIES_MAX = 10_000;
const BYTES_MAX = 32 * 1024 * 1024;
/** Name, revision, position, id and the map's own share. */
const ENTRY_BYTES = 512;

interface Entry {
  readonly foldedBy: object;
  readonly fold: Fold<unknown>;
  readonly bytes: number;
}

export function createFoldCache({ entriesMax = ENTRIES_MAX, bytesMax = BYTES_MAX }: FoldCacheLimits = {}): FoldCache {
  // In the order of last use.
  const entries = new Map<string, Entry>();
  let bytes = 0;

  const drop = (streamName: string): void => {
    bytes -= entries.get(streamName)?.bytes ?? 0;
    entries.delete(streamName);
  };
  const add = (streamName: string, entry: Entry): void => {
    entries.set(streamName, entry);
    bytes += entry.bytes;
  };

  return {
    get<S>(streamName: string, foldedBy: object) {
      const entry = entries.get(streamName);
      if (entry?.foldedBy !== foldedBy) return undefined;
      entries.delete(streamName);
      entries.set(streamName, entry);
      // Made by this aggregate, so its state is of that aggregate's type.
      return entry.fold as Fold<S>;
    },
    put(streamName, foldedBy, fold) {
      const before = entries.get(streamName);
      if (before?.foldedBy === foldedBy && before.fold.revision > fold.revision) return;
      drop(streamName);
      const entry = { foldedBy, fold, bytes: ENTRY_BYTES + roughBytes(fold.state) };
      if (entry.bytes > bytesMax) return;
      add(streamName, entry);
      for (const [oldest] of entries) {
        if (entries.size <= entriesMax && bytes <= bytesMax) break;
        drop(oldest);
      }
    },
    drop,
    get size() {
      return { entries: entries.size, bytes };
    },
  };
}

/** What a value takes in memory, roughly: two bytes a character, sixteen a value or property. Pure data only, without cycles. */
function roughBytes(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 16;
  let sum = 16;
  if (value instanceof Map) {
    for (const [key, item] of value) sum += roughBytes(key) + roughBytes(item);
  } else if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) sum += roughBytes(item);
  } else {
    for (const key in value) sum += 16 + roughBytes((value as Record<string, unknown>)[key]);
  }
  return sum;
}
