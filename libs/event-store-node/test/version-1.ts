import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { encodeRecordedEvent } from '../src/wire/responses.ts';

/** As schema version 1 was, word for word. */
const VERSION_1 = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL, tombstoned INTEGER NOT NULL, metadata TEXT
  ) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
    created INTEGER NOT NULL, type TEXT NOT NULL, checksum INTEGER NOT NULL, record BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_revision ON events (stream, revision);
  CREATE INDEX events_by_id ON events (stream, id, revision);
  CREATE TABLE spent (position INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE log (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL) STRICT;
  INSERT INTO log VALUES (1, 64);
  PRAGMA application_id = 1299137910;
  PRAGMA user_version = 1;
`;
const GAP = 32;
const TOMBSTONE = Number.MAX_SAFE_INTEGER;
const SOFT_DELETED = '{"$tb":9223372036854775807}';

export interface Version1 {
  /** Of the last thing that was given out: an append of nothing. */
  readonly lastPosition: number;
  /** Of an event that a scavenge removed. */
  readonly scavengedPosition: number;
  /** The id of event 7 in `plain`. */
  readonly seventhId: string;
}

/** Writes the store of a node of schema version 1, with a stream of every kind. */
export function writeVersion1(folder: string): Version1 {
  const database = new DatabaseSync(join(folder, 'events.db'));
  database.exec(VERSION_1);
  const insertStream = database.prepare('INSERT INTO streams (name, last, tombstoned) VALUES (?, -1, 0) RETURNING id');
  const insertEvent = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const updateLast = database.prepare('UPDATE streams SET last = ? WHERE id = ?');
  const streams = new Map<string, { readonly id: number; last: number }>();
  let next = 64;

  const streamOf = (name: string) => {
    const stream = streams.get(name) ?? { id: Number(insertStream.get(name)?.['id']), last: -1 };
    streams.set(name, stream);
    return stream;
  };
  const put = (stream: string, revision: number, type: string, data: string): string => {
    const [id, position, createdUs] = [randomUUID(), next, 1_700_000_000_000_000 + next];
    const sent = revision === TOMBSTONE ? 2n ** 63n - 1n : revision;
    const content = { isJson: true, metadata: Buffer.alloc(0), data: Buffer.from(data) };
    const record = encodeRecordedEvent({ ...content, id, stream, revision: sent, position, type, createdUs });
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
    insertEvent.run(position, streamOf(stream).id, revision, bytes, createdUs, type, crc32(record), record);
    next += record.length + GAP;
    return id;
  };
  const append = (stream: string, count: number, type = 'T', data = '{"text":"some text"}'): string[] => {
    const state = streamOf(stream);
    const ids = Array.from({ length: count }, () => put(stream, (state.last += 1), type, data));
    updateLast.run(state.last, state.id);
    return ids;
  };
  const describe = (stream: string, metadata: string): void => {
    append(`$$${stream}`, 1, '$metadata', metadata);
    database.prepare('UPDATE streams SET metadata = ? WHERE id = ?').run(metadata, streamOf(stream).id);
  };
  const spend = (): number => {
    const position = next;
    database.prepare('INSERT INTO spent VALUES (?)').run(position);
    next += GAP;
    return position;
  };

  append('$users', 2, '$User', '"admin"');
  const [seventhId = ''] = append('plain', 100).slice(7);
  append('counted', 5);
  describe('counted', '{"$maxCount":2}');
  append('truncated', 5);
  describe('truncated', '{"$tb":3,"owner":"me"}');
  append('deleted', 4);
  describe('deleted', SOFT_DELETED);
  describe('only-described', '{"owner":"me"}');
  spend();
  append('tombstoned', 3);
  describe('tombstoned', '{"$maxCount":9}');
  put('tombstoned', TOMBSTONE, '$streamDeleted', '');
  database.prepare('UPDATE streams SET tombstoned = 1 WHERE id = ?').run(streamOf('tombstoned').id);
  const scavengedPosition = next;
  append('scavenged', 5);
  describe('scavenged', '{"$maxCount":1}');
  database.exec(`
    INSERT INTO spent SELECT e.position FROM events e JOIN streams s ON s.id = e.stream WHERE s.name = 'scavenged' AND e.revision < 4;
    DELETE FROM events WHERE position IN (SELECT position FROM spent)`);
  const lastPosition = spend();
  database.prepare('UPDATE log SET next = ?').run(next);
  database.close();
  return { lastPosition, scavengedPosition, seventhId };
}
