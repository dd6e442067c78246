import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { messageOf } from '@mooring/kernel';
import { isMetastream, metastreamOf, originalOf } from '../streams/stream-metadata.ts';
import { idText } from './event-id.ts';
import { createEventLog, FIRST_POSITION, GAP, TOMBSTONE_REVISION } from './event-log.ts';
import { lastData } from './last-data.ts';

export interface Verification {
  readonly events: number;
  readonly streams: number;
  /** What is not as it must be, a sentence each; at most {@link PROBLEMS_MAX}. */
  readonly problems: readonly string[];
}

const PROBLEMS_MAX = 100;

interface EventRow {
  readonly position: number;
  readonly name: string | null;
  readonly revision: number;
  readonly id: Uint8Array;
  readonly type: string;
  readonly checksum: number;
  readonly record: Uint8Array;
}

interface StreamRow {
  readonly name: string;
  readonly tombstoned: number;
  readonly metadata: string | null;
  readonly events: number;
  readonly first: number | null;
  readonly highest: number | null;
  readonly tombstones: number;
}

/** Reads everything and checks every invariant of the store; writes nothing, and does not throw for damage: `events` and
 * `streams` are 0 where they could not be counted. Takes as long as reading the file. */
export function verify(database: DatabaseSync): Verification {
  const problems: string[] = [];
  const report = (problem: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push(problem);
  };
  /** Where one part cannot be read on, the others are. */
  const part = (name: string, check: () => number): number => {
    try {
      return check();
    } catch (thrown) {
      report(`${name}: ${messageOf(thrown)}`);
      return 0;
    }
  };
  part('the file', () => verifyFile(database, report));
  const events = part('the events', () => verifyEvents(database, report));
  const count = part('the streams', () => verifyStreams(database, report));
  part('the positions', () => verifySpent(database, report));
  return { events, streams: count, problems };
}

function verifyFile(database: DatabaseSync, report: (problem: string) => void): number {
  const said = database.prepare('PRAGMA integrity_check').all();
  for (const row of said) if (row['integrity_check'] !== 'ok') report(`the file: ${String(row['integrity_check'])}`);
  return said.length;
}

function verifySpent(database: DatabaseSync, report: (problem: string) => void): number {
  const both = Number(database.prepare('SELECT count(*) AS n FROM spent JOIN events USING (position)').get()?.['n']);
  if (both !== 0) report(`${both} positions are both spent and in use`);
  return both;
}

/** Each record is what was written, and says the same as its row; each begins where the one before it ends. */
function verifyEvents(database: DatabaseSync, report: (problem: string) => void): number {
  const spent = database.prepare('SELECT 1 FROM spent WHERE position = ?');
  const rows = database.prepare(
    'SELECT e.*, s.name FROM events e LEFT JOIN streams s ON s.id = e.stream ORDER BY e.position',
  );
  let count = 0;
  let next = FIRST_POSITION;
  for (const row of rows.iterate() as Iterable<EventRow>) {
    count += 1;
    if (row.position < next) report(`position ${row.position} lies within the event before it`);
    if (row.position > next && spent.get(next) === undefined) report(`position ${next}: the event is missing`);
    next = row.position + row.record.length + GAP;
    if (crc32(row.record) !== row.checksum) report(`position ${row.position}: the record is damaged`);
    else if (!agrees(row)) report(`position ${row.position}: the record is not what its row says`);
  }
  return count;
}

function agrees(row: EventRow): boolean {
  const event = streams.ReadResp.ReadEvent.RecordedEvent.deserializeBinary(row.record);
  const revision = row.revision === TOMBSTONE_REVISION ? 2n ** 63n - 1n : BigInt(row.revision);
  return (
    event.getCommitPosition() === String(row.position) &&
    event.getStreamRevision() === String(revision) &&
    event.getId()?.getString() === idText(row.id) &&
    event.getMetadataMap().get('type') === row.type &&
    Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8') === row.name
  );
}

/** Revisions have no gap, tombstones and metadata are what the events say. */
function verifyStreams(database: DatabaseSync, report: (problem: string) => void): number {
  const log = createEventLog(database);
  const rows = database.prepare(`
    SELECT s.name, s.tombstoned, s.metadata,
      count(e.position) FILTER (WHERE e.revision < ${TOMBSTONE_REVISION}) AS events,
      min(e.revision) FILTER (WHERE e.revision < ${TOMBSTONE_REVISION}) AS first,
      max(e.revision) FILTER (WHERE e.revision < ${TOMBSTONE_REVISION}) AS highest,
      count(e.position) FILTER (WHERE e.revision = ${TOMBSTONE_REVISION}) AS tombstones
    FROM streams s LEFT JOIN events e ON e.stream = s.id GROUP BY s.id`);
  let count = 0;
  for (const row of rows.iterate() as Iterable<StreamRow>) {
    count += 1;
    const { name, events, first, highest } = row;
    const closed = log.stream(name).tombstoned;
    if (events > 0 && events !== Number(highest) - Number(first) + 1) report(`${name}: a revision is missing`);
    if (row.tombstones !== row.tombstoned) report(`${name}: its tombstone is not what the stream says`);
    const described = closed ? row.metadata : (lastData(log, metastreamOf(name)) ?? null);
    if (row.metadata !== described) report(`${name}: its metadata is not what was written last`);
    if (isMetastream(name) && log.stream(originalOf(name)).id === 0) report(`${name}: describes no stream`);
  }
  return count;
}
