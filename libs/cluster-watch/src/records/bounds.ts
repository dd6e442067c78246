import type { RecordBase } from './base.ts';

/**
 * How large a record may be, whatever a cluster says: its JSON in UTF-8. A slice of 1,000 endpoints, the most that Kubernetes allows,
 * fits, and so does a record into one message of 256 KiB.
 */
export const RECORD_BYTES_MAX = 192 * 1024;
/** Per text, list and map. Kubernetes' own names, labels and lists of endpoints are all shorter. */
export const TEXT_CHARACTERS_MAX = 1024;
export const LIST_ITEMS_MAX = 1000;
export const MAP_ENTRIES_MAX = 256;

/** Names and uids are never cut shorter than Kubernetes allows them to be. */
const TEXT_CHARACTERS_MIN = 253;
/** A character of a text is at most six in JSON (an escape), an entry's punctuation a few. */
const JSON_BYTES_PER_CHARACTER = 6;
const JSON_BYTES_PER_VALUE = 8;

interface Limits {
  readonly text: number;
  readonly list: number;
  readonly map: number;
}

const AT_FIRST: Limits = { text: TEXT_CHARACTERS_MAX, list: LIST_ITEMS_MAX, map: MAP_ENTRIES_MAX };

const half = (number: number, least: number): number => Math.max(least, Math.floor(number / 2));

const tighter = ({ text, list, map }: Limits): Limits => ({
  text: half(text, TEXT_CHARACTERS_MIN),
  list: half(list, 1),
  map: half(map, 1),
});

/**
 * The most bytes that the value's JSON can have; `Infinity` where a text, list or map of it is too long. Every record is measured so: no more
 * than a look at each value.
 */
function bytesAtMost(value: unknown): number {
  if (typeof value === 'string')
    return value.length > TEXT_CHARACTERS_MAX ? Infinity : JSON_BYTES_PER_CHARACTER * value.length;
  if (typeof value !== 'object' || value === null) return 24;
  let bytes = JSON_BYTES_PER_VALUE;
  if (Array.isArray(value)) {
    if (value.length > LIST_ITEMS_MAX) return Infinity;
    for (const item of value) bytes += JSON_BYTES_PER_VALUE + bytesAtMost(item);
    return bytes;
  }
  const map = value as Readonly<Record<string, unknown>>;
  let entries = 0;
  for (const key in map) {
    entries += 1;
    if (entries > MAP_ENTRIES_MAX || key.length > TEXT_CHARACTERS_MAX) return Infinity;
    bytes += JSON_BYTES_PER_VALUE + JSON_BYTES_PER_CHARACTER * key.length + bytesAtMost(map[key]);
  }
  return bytes;
}

/** A copy within the limits; `onCut` when something was left out. A map's entry whose key is too long goes as a whole. */
function shorten(value: unknown, limits: Limits, onCut: () => void): unknown {
  if (typeof value === 'string') {
    if (value.length <= limits.text) return value;
    onCut();
    return value.slice(0, limits.text).toWellFormed();
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    if (value.length > limits.list) onCut();
    return value.slice(0, limits.list).map((item) => shorten(item, limits, onCut));
  }
  const entries = Object.entries(value);
  const kept = entries.filter(([key]) => key.length <= limits.text).slice(0, limits.map);
  if (kept.length < entries.length) onCut();
  return Object.fromEntries(kept.map(([key, item]) => [key, shorten(item, limits, onCut)]));
}

function shortenRecord<R extends RecordBase>(record: R, limits: Limits): R {
  const cut = new Set<string>();
  const fields = Object.entries(record).map(([field, value]) => [
    field,
    shorten(value, limits, () => void cut.add(field)),
  ]);
  // The same fields with shorter texts, lists and maps: still the same type, which the compiler cannot see.
  return { ...(Object.fromEntries(fields) as R), ...(cut.size === 0 ? {} : { cut: [...cut].sort() }) };
}

const bytesOf = (record: RecordBase): number => Buffer.byteLength(JSON.stringify(record));

/**
 * The record within the limits above, the same one where it already is. Lists keep their first items, maps their first keys in order, texts
 * their first characters; `cut` names the fields that lost something. A function of the record alone, so its hash is stable.
 */
export function bounded<R extends RecordBase>(record: R): R {
  if (bytesAtMost(record) <= RECORD_BYTES_MAX) return record;
  let limits = AT_FIRST;
  let shorter = shortenRecord(record, limits);
  while (bytesOf(shorter) > RECORD_BYTES_MAX && limits.list > 1) {
    limits = tighter(limits);
    shorter = shortenRecord(record, limits);
  }
  return shorter;
}
