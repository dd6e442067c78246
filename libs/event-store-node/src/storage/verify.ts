import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { isMetastream, metastreamOf, originalOf } from '../streams/stream-metadata.ts';
import { idText } from './apply-command.ts';
import { createEventLog, TOMBSTONE_REVISION } from './event-log.ts';
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
  readonly last: number;
  readonly tombstoned: number;
  readonly metadata: string | null;
  readonly events: number;
  readonly first: number | null;
  readonly highest: number | null;
  readonly tombstones: number;
}

/** Reads everything and checks every invariant of the store; writes nothing. Takes as long as reading the file. */
export function verify(database: DatabaseSync): Verification {
  const problems: string[] = [];
  const report = (problem: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push(problem);
  };
  for (const row of database.prepare('PRAGMA integrity_check').all())
    if (row['integrity_check'] !== 'ok') report(`the file: ${String(row['integrity_check'])}`);
  const events = verifyEvents(database, report);
  const count = verifyStreams(database, report);
  const both = database.prepare('SELECT count(*) AS n FROM spent JOIN events USING (position)').get()?.['n'];
  if (both !== 0) report(`${String(both)} positions are both spent and in use`);
  return { events, streams: count, problems };
}

/** Each record is what was written, and says the same as its row; positions only grow. */
function verifyEvents(database: DatabaseSync, report: (problem: string) => void): number {
  const next = Number(database.prepare('SELECT next FROM log').get()?.['next']);
  const rows = database.prepare(
    'SELECT e.*, s.name FROM events e LEFT JOIN streams s ON s.id = e.stream ORDER BY e.position',
  );
  let count = 0;
  let end = 0;
  for (const row of rows.iterate() as Iterable<EventRow>) {
    count += 1;
    if (row.position < end) report(`position ${row.position} lies within the event before it`);
    end = row.position + row.record.length;
    if (crc32(row.record) !== row.checksum) report(`position ${row.position}: the record is damaged`);
    else if (!agrees(row)) report(`position ${row.position}: the record is not what its row says`);
  }
  if (end > next) report(`the log ends at ${end}, and the next position would be ${next}`);
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

/** Revisions have no gap and end where the stream says, tombstones and metadata are what the events say. */
function verifyStreams(database: DatabaseSync, report: (problem: string) => void): number {
  const log = createEventLog(database);
  const rows = database.prepare(`
    SELECT s.name, s.last, s.tombstoned, s.metadata,
      count(e.position) FILTER (WHERE e.revision < ${TOMBSTONE_REVISION}) AS events,
      min(e.revision) FILTER (WHERE e.revision < ${TOMBSTONE_REVISION}) AS first,
      max(e.revision) FILTER (WHERE e.revision < ${TOMBSTONE_REVISION}) AS highest,
      count(e.position) FILTER (WHERE e.revision = ${TOMBSTONE_REVISION}) AS tombstones
    FROM streams s LEFT JOIN events e ON e.stream = s.id GROUP BY s.id`);
  let count = 0;
  for (const row of rows.iterate() as Iterable<StreamRow>) {
    count += 1;
    const { name, last, events, first, highest } = row;
    const closed = log.stream(name).tombstoned;
    if (events > 0 && events !== Number(highest) - Number(first) + 1) report(`${name}: a revision is missing`);
    if (!closed && (highest ?? -1) !== last) report(`${name}: ends at ${String(highest)}, and should at ${last}`);
    if (row.tombstones !== row.tombstoned) report(`${name}: its tombstone is not what the stream says`);
    const described = closed ? row.metadata : (lastData(log, metastreamOf(name)) ?? null);
    if (row.metadata !== described) report(`${name}: its metadata is not what was written last`);
    if (isMetastream(name) && log.stream(originalOf(name)).id === 0) report(`${name}: describes no stream`);
  }
  return count;
}
