import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { Failure } from '@mooring/kernel';
import type { StreamFacts } from '../streams/decide-append.ts';
import { isMetastream, originalOf, parseStreamMetadata, type StreamMetadata } from '../streams/stream-metadata.ts';
import { NO_REPORTS, noticing, type DamageReports } from './damage.ts';
import { createRecent } from './recent.ts';

/** The revision under which a tombstone is stored (the protocol's 2^63-1 is no JavaScript number). */
export const TOMBSTONE_REVISION = Number.MAX_SAFE_INTEGER;
/** The position of the first event. */
export const FIRST_POSITION = 64;
/** Added to a record's size, so that positions have gaps even between empty events. */
export const GAP = 32;

export interface StreamState extends StreamFacts {
  /** 0 while nothing was stored for the stream. */
  readonly id: number;
  readonly name: string;
  readonly metadata: StreamMetadata;
  /** What was written last to its metastream. */
  readonly metadataText: string | undefined;
}

export interface StreamRow {
  readonly position: number;
  readonly revision: number;
  readonly record: Uint8Array;
}

export interface LogRow {
  readonly position: number;
  readonly stream: string;
  readonly type: string;
  readonly record: Uint8Array;
}

/** At most so many rows, and no further row once so many bytes were read. */
export interface PageLimit {
  readonly rows: number;
  readonly bytes: number;
}

/** Reads what is committed. Everything is synchronous: what two calls in one turn see is the same. */
export interface EventLog {
  /** As it is now, also inside a transaction of the same turn. */
  stream(name: string): StreamState;
  /** Keeps a state that was just written, unless it is large. */
  remember(state: StreamState): void;
  /** Drops what is remembered of streams: after a rollback. */
  forget(name?: string): void;
  readForwards(
    stream: StreamState,
    fromRevision: number,
    createdFromUs: number,
    limit: PageLimit,
    toRevision?: number,
  ): StreamRow[];
  readBackwards(
    stream: StreamState,
    fromRevision: number,
    toRevision: number,
    createdFromUs: number,
    limit: PageLimit,
  ): StreamRow[];
  /** Of everything, after a position (exclusive). */
  readAllAfter(position: number, limit: PageLimit): LogRow[];
  /** Of everything, before a position (exclusive), newest first. */
  readAllBefore(position: number, limit: PageLimit): LogRow[];
  /** Whether this position was ever given out. */
  isPosition(position: number): boolean;
  positionOf(stream: StreamState, revision: number): { position: number; createdUs: number } | undefined;
  /** Position of the newest event, 0 without any. */
  lastPosition(): number;
  /** What the next event will get: positions are never used again, whatever is scavenged. */
  nextPosition(): number;
  countBetween(after: number, atMost: number): number;
}

/** How many streams' states are kept in memory, and how long the name and metadata of such a one may be together. */
const STATES_MAX = 32_768;
const STATE_CHARACTERS_MAX = 1024;

/** What its reads find damaged they tell `damage`, and throw as Failure `corrupt`. */
export function createEventLog(database: DatabaseSync, damage: DamageReports = NO_REPORTS): EventLog {
  const states = createRecent<StreamState>(STATES_MAX);
  /** Gives the first row of what is asked for. */
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: readonly SQLInputValue[]) => noticing(damage, () => statement.get(...values));
  };
  /** Rows of a page come as arrays, which cost less than objects. */
  const prepareArrays = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const selectStream = prepare('SELECT id, tombstoned, metadata FROM streams WHERE name = ?');
  const lastRevision = prepare(
    `SELECT revision FROM events WHERE stream = ? AND revision < ${TOMBSTONE_REVISION} ORDER BY revision DESC LIMIT 1`,
  );
  const forwards = prepareArrays(
    'SELECT checksum, record, position, revision FROM events WHERE stream = ? AND revision >= ? AND revision <= ? AND created >= ? ORDER BY revision LIMIT ?',
  );
  const backwards = prepareArrays(
    'SELECT checksum, record, position, revision FROM events WHERE stream = ? AND revision <= ? AND revision >= ? AND created >= ? ORDER BY revision DESC LIMIT ?',
  );
  const all = (condition: string): string =>
    `SELECT e.checksum, e.record, e.position, s.name, e.type FROM events e JOIN streams s ON s.id = e.stream WHERE e.position ${condition} LIMIT ?`;
  const allAfter = prepareArrays(all('> ? ORDER BY e.position'));
  const allBefore = prepareArrays(all('< ? ORDER BY e.position DESC'));
  const atPosition = prepare(
    'SELECT 1 AS found FROM events WHERE position = ?1 UNION ALL SELECT 1 FROM spent WHERE position = ?1',
  );
  const atRevision = prepare('SELECT position, created AS createdUs FROM events WHERE stream = ? AND revision = ?');
  const last = prepare('SELECT coalesce(max(position), 0) AS position FROM events');
  const next = prepare(`
    SELECT max(
      ${FIRST_POSITION},
      coalesce((SELECT position + length(record) + ${GAP} FROM events ORDER BY position DESC LIMIT 1), 0),
      coalesce((SELECT max(position) + ${GAP} FROM spent), 0)
    ) AS next`);
  const count = prepare('SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE position > ? LIMIT ?)');

  const load = (name: string): StreamState => {
    const row = selectStream(name);
    // A tombstone also closes the stream's metadata.
    const closed = isMetastream(name) && log.stream(originalOf(name)).tombstoned;
    const text = typeof row?.metadata === 'string' ? row.metadata : undefined;
    const metadata = parseStreamMetadata(name, text);
    const id = Number(row?.id ?? 0);
    return {
      id,
      name,
      last: Number((id === 0 ? undefined : lastRevision(id)?.revision) ?? -1),
      tombstoned: row?.tombstoned === 1 || closed,
      softDeleted: metadata.softDeleted,
      hasMetadata: text !== undefined,
      metadata,
      metadataText: text,
    };
  };

  const log: EventLog = {
    stream(name) {
      const known = states.get(name);
      if (known !== undefined) return known;
      const state = load(name);
      log.remember(state);
      return state;
    },
    remember(state) {
      if (state.name.length + (state.metadataText?.length ?? 0) <= STATE_CHARACTERS_MAX) states.set(state.name, state);
      else states.delete(state.name);
    },
    forget(name) {
      if (name === undefined) states.clear();
      else states.delete(name);
    },
    readForwards: (stream, from, createdFromUs, limit, to = TOMBSTONE_REVISION) =>
      page(() => forwards.iterate(stream.id, from, to, createdFromUs, limit.rows), limit, toStreamRow, damage),
    readBackwards: (stream, from, to, createdFromUs, limit) =>
      page(() => backwards.iterate(stream.id, from, to, createdFromUs, limit.rows), limit, toStreamRow, damage),
    readAllAfter: (position, limit) => page(() => allAfter.iterate(position, limit.rows), limit, toLogRow, damage),
    readAllBefore: (position, limit) => page(() => allBefore.iterate(position, limit.rows), limit, toLogRow, damage),
    isPosition: (position) => atPosition(position) !== undefined,
    positionOf(stream, revision) {
      const row = atRevision(stream.id, revision);
      return row === undefined ? undefined : { position: Number(row.position), createdUs: Number(row.createdUs) };
    },
    lastPosition: () => Number(last()?.position ?? 0),
    nextPosition: () => Number(next()?.next),
    countBetween: (after, atMost) => Number(count(after, atMost)?.n),
  };
  return log;
}

/** Rows come from our own schema, which is STRICT: their types are the table's. */
type Selected<Rest extends readonly unknown[]> = readonly [checksum: number, record: Uint8Array, ...Rest];

const toStreamRow = ([, record, position, revision]: Selected<[number, number]>): StreamRow => ({
  position,
  revision,
  record,
});
const toLogRow = ([, record, position, stream, type]: Selected<[number, string, string]>): LogRow => ({
  position,
  stream,
  type,
  record,
});

/** @throws Failure `corrupt` for a record that is not what was written: SQLite itself does not notice. */
function page<Rest extends readonly unknown[], Row extends { readonly position: number }>(
  rows: () => Iterable<unknown>,
  limit: PageLimit,
  toRow: (selected: Selected<Rest>) => Row,
  damage: DamageReports,
): Row[] {
  const taken: Row[] = [];
  let bytes = 0;
  const take = (): void => {
    for (const selected of rows() as Iterable<Selected<Rest>>) {
      const [checksum, record] = selected;
      const row = toRow(selected);
      if (crc32(record) !== checksum) {
        damage.record(row.position);
        throw new Failure('corrupt', `the event at position ${row.position} is damaged: restore a backup`);
      }
      taken.push(row);
      bytes += record.length;
      if (bytes >= limit.bytes) break;
    }
  };
  noticing(damage, take, rows);
  return taken;
}
