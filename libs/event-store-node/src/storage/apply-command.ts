import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { randomUuid } from '@mooring/kernel';
import { decideAppend, type Decision, type ExpectedRevision, type StoredIds } from '../streams/decide-append.ts';
import {
  isMetastream,
  metastreamOf,
  originalOf,
  parseObject,
  SOFT_DELETED_JSON,
  visibleRange,
  withTruncateBefore,
} from '../streams/stream-metadata.ts';
import { NOTHING } from '../wire/protobuf.ts';
import { encodeRecordedEvent } from '../wire/responses.ts';
import { NO_REPORTS, noticing, type DamageReports } from './damage.ts';
import { GAP, TOMBSTONE_REVISION, type EventLog, type StreamState } from './event-log.ts';
import { idBytes, idText } from './event-id.ts';
import { createRecentIds } from './recent-ids.ts';

export interface ProposedEvent {
  /** A UUID in lower case with dashes. */
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

export type Command =
  | {
      readonly kind: 'append';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly events: readonly ProposedEvent[];
    }
  | { readonly kind: 'delete' | 'tombstone'; readonly stream: string; readonly expected: ExpectedRevision };

export type Outcome =
  /** `revision` is -1 for an empty append to no stream; `position` is missing for a repeat of what is not visible any more. */
  | { readonly kind: 'done'; readonly revision: number; readonly position: number | undefined }
  | { readonly kind: 'wrong-expected-version'; readonly current: number }
  | { readonly kind: 'stream-deleted' };

const TOMBSTONE_ON_THE_WIRE = 2n ** 63n - 1n;

export interface CommandApplier {
  /**
   * Reads again what a {@link reset} forgot; throws what reading throws. Call it before each transaction, not in one: a damaged page that is
   * read in a transaction makes SQLite refuse all that is written in it afterwards.
   */
  begin(): void;
  /** Decides and writes, inside the caller's transaction. Names of streams that got events are added to `touched`. */
  apply(command: Command, touched: Set<string>): Outcome;
  /** Forgets what was not committed. Reads nothing, and so does not fail. */
  reset(): void;
}

/** Turns commands into rows. `nowUs` is the clock, in microseconds since the Unix epoch; `damage` is told of pages that make no sense. */
export function createCommandApplier(
  database: DatabaseSync,
  log: EventLog,
  nowUs: () => number,
  damage: DamageReports = NO_REPORTS,
): CommandApplier {
  const prepare = (sql: string) => database.prepare(sql);
  const insertEvent = prepare(
    'INSERT INTO events (position, stream, revision, id, created, type, checksum, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertStream = prepare('INSERT INTO streams (name, tombstoned, metadata) VALUES (?, 0, NULL)');
  const updateTombstoned = prepare('UPDATE streams SET tombstoned = 1 WHERE id = ?');
  const updateMetadata = prepare('UPDATE streams SET metadata = ? WHERE id = ?');
  const insertSpent = prepare('INSERT INTO spent VALUES (?)');
  const byRevision = prepare('SELECT id FROM events WHERE stream = ? AND revision = ?');
  const recent = createRecentIds(database, damage);
  let next = log.nextPosition();
  let isOutdated = false;

  const storedIds = (stream: StreamState): StoredIds => ({
    revisionOf: (id) => recent.revisionOf(stream.id, id),
    idAt(revision) {
      const id = noticing(damage, () => byRevision.get(stream.id, revision))?.id;
      return id instanceof Uint8Array ? idText(id) : undefined;
    },
  });

  const ensureStored = (name: string): StreamState => {
    const known = log.stream(name);
    if (known.id !== 0) return known;
    const stream = { ...known, id: Number(insertStream.run(name).lastInsertRowid) };
    log.remember(stream);
    return stream;
  };

  const store = (stream: StreamState, revision: number, event: ProposedEvent, createdUs: number): number => {
    const position = next;
    const record = encodeRecordedEvent({
      ...event,
      stream: stream.name,
      revision: revision === TOMBSTONE_REVISION ? TOMBSTONE_ON_THE_WIRE : revision,
      position,
      createdUs,
    });
    const id = idBytes(event.id);
    insertEvent.run(position, stream.id, revision, id, createdUs, event.type, crc32(record), record);
    recent.add(stream.id, event.id, revision);
    next += record.length + GAP;
    return position;
  };

  /** Appends without asking; gives the last event's revision and position. */
  const write = (
    name: string,
    events: readonly ProposedEvent[],
    touched: Set<string>,
  ): { revision: number; position: number } => {
    const stream = ensureStored(name);
    const createdUs = nowUs();
    let { last: revision } = stream;
    let position = 0;
    for (const event of events) {
      revision += 1;
      position = store(stream, revision, event, createdUs);
    }
    log.remember({ ...stream, last: revision });
    touched.add(name);
    const newest = events.at(-1);
    if (isMetastream(name) && newest !== undefined)
      describe(originalOf(name), Buffer.from(newest.data).toString('utf8'));
    return { revision, position };
  };

  const describe = (name: string, text: string): void => {
    updateMetadata.run(text, ensureStored(name).id);
    log.forget(name);
  };

  const writeMetadata = (stream: string, text: string, touched: Set<string>): number =>
    write(
      metastreamOf(stream),
      [{ id: randomUuid(), type: '$metadata', isJson: true, metadata: NOTHING, data: Buffer.from(text) }],
      touched,
    ).position;

  const repeated = (stream: StreamState, revision: number): Outcome => {
    const found = log.positionOf(stream, revision);
    const range = visibleRange(stream.metadata, stream.last, nowUs());
    const visible = found !== undefined && revision >= range.firstRevision && found.createdUs >= range.createdFromUs;
    return { kind: 'done', revision, position: visible ? found.position : undefined };
  };

  /** An append of no events gets a position of its own, as on a real server. */
  const writeNothing = (stream: StreamState): { revision: number; position: number } => {
    const position = next;
    insertSpent.run(position);
    next += GAP;
    return { revision: stream.last, position };
  };

  const append = (before: StreamState, events: readonly ProposedEvent[], touched: Set<string>): Outcome => {
    const described = isMetastream(before.name) ? log.stream(originalOf(before.name)) : undefined;
    const { revision, position } = events.length === 0 ? writeNothing(before) : write(before.name, events, touched);
    // A soft-deleted stream comes back with what is new (be it nothing), or by being described anew, and with nothing of
    // what it was.
    if (before.softDeleted)
      writeMetadata(before.name, withTruncateBefore(before.metadataText, before.last + 1), touched);
    if (described?.softDeleted === true) {
      const text = log.stream(described.name).metadataText;
      if (text !== undefined && parseObject(text) !== undefined)
        writeMetadata(described.name, withTruncateBefore(text, described.last + 1), touched);
    }
    return { kind: 'done', revision, position };
  };

  const softDelete = (stream: StreamState, touched: Set<string>): Outcome =>
    stream.last < 0 && !stream.hasMetadata
      ? { kind: 'wrong-expected-version', current: -1 }
      : { kind: 'done', revision: stream.last, position: writeMetadata(stream.name, SOFT_DELETED_JSON, touched) };

  const tombstone = (name: string, touched: Set<string>): Outcome => {
    const stream = ensureStored(name);
    const event = { id: randomUuid(), type: '$streamDeleted', isJson: false, metadata: NOTHING, data: NOTHING };
    const position = store(stream, TOMBSTONE_REVISION, event, nowUs());
    updateTombstoned.run(stream.id);
    // What a tombstoned metastream said does not hold any more.
    if (isMetastream(name)) describe(originalOf(name), '');
    // Also what is remembered of its metastreams.
    log.forget();
    touched.add(name);
    return { kind: 'done', revision: stream.last, position };
  };

  return {
    begin() {
      if (!isOutdated) return;
      next = log.nextPosition();
      recent.reload();
      isOutdated = false;
    },
    apply(command, touched) {
      const stream = log.stream(command.stream);
      const ids = command.kind === 'append' ? command.events.map(({ id }) => id) : [randomUuid()];
      const decision: Decision = decideAppend(stream, command.expected, ids, storedIds(stream));
      switch (decision.kind) {
        case 'stream-deleted':
          return decision;
        case 'wrong-expected-version':
          return { kind: 'wrong-expected-version', current: stream.last };
        case 'repeat':
          return repeated(stream, decision.revision);
        case 'append':
          if (command.kind === 'append') return append(stream, command.events, touched);
          return command.kind === 'delete' ? softDelete(stream, touched) : tombstone(command.stream, touched);
      }
    },
    reset() {
      log.forget();
      isOutdated = true;
    },
  };
}
