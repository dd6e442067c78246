import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { Failure, messageOf } from '@mooring/kernel';
import { prepareFolder } from './permissions.ts';

/** Written into the file's header, so that another program's SQLite file is not taken for ours. "MoEv". */
const APPLICATION_ID = 0x4d6f4576;
const SCHEMA_VERSION = 2;
export const DATABASE_FILE = 'events.db';

/**
 * - `position` is the running sum of what was given out, so that a position that never was is noticed;
 * - `record` is the event as the protocol sends it, `checksum` its CRC-32;
 * - the tombstone of a stream has the highest revision, so that it is the last thing a subscriber sees;
 * - `spent` are positions that were given out but hold no event: of an empty append, or of a scavenged event.
 *
 * What an append writes is one row in `events` and one entry in its index. A stream's last revision and the next position
 * are those of the newest events, which nothing ever removes.
 */
const SCHEMA = `
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, tombstoned INTEGER NOT NULL, metadata TEXT
  ) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
    created INTEGER NOT NULL, type TEXT NOT NULL, checksum INTEGER NOT NULL, record BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_revision ON events (stream, revision);
  CREATE TABLE spent (position INTEGER PRIMARY KEY) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** From version n to n+1, by index n, all in one transaction. */
const MIGRATIONS: Readonly<Record<number, string>> = {
  // What was given out last may be the position of an empty append, which is in `spent`: the next position needs no table.
  1: 'DROP INDEX events_by_id; DROP TABLE log; ALTER TABLE streams DROP COLUMN last',
};

const pragma = (database: DatabaseSync, name: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];

/**
 * Opens (or makes) the database in the folder and keeps it locked until it is closed.
 *
 * @throws Failure `unavailable` while another node has it; `invalid` for another program's file or a newer schema;
 *   `corrupt` for a damaged file; `denied` when the folder or a file in it cannot be written.
 */
export function openDatabase(folder: string): DatabaseSync {
  const file = join(folder, DATABASE_FILE);
  let database: DatabaseSync | undefined;
  try {
    prepareFolder(folder, file);
    database = new DatabaseSync(file, { timeout: 200 });
    // Exclusive: one process owns the file, which is also what makes a shared-memory file unnecessary.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    database.exec('PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY');
    // Takes the lock now and not with the first append.
    database.exec('BEGIN IMMEDIATE');
    prepareSchema(database, file);
    checkNewest(database, file);
    database.exec('COMMIT');
    syncFolder(folder);
    return database;
  } catch (thrown) {
    database?.close();
    throw refusal(thrown, folder, file);
  }
}

function prepareSchema(database: DatabaseSync, file: string): void {
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n;
  if (pragma(database, 'application_id') === 0 && pragma(database, 'user_version') === 0 && tables === 0) {
    database.exec(SCHEMA);
    return;
  }
  const version = requireKnown(database, file);
  for (let from = version; from < SCHEMA_VERSION; from += 1) database.exec(MIGRATIONS[from] ?? '');
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** The version of the file's schema. @throws Failure `invalid` for another program's file and a schema not known here. */
export function requireKnown(database: DatabaseSync, file: string): number {
  if (pragma(database, 'application_id') !== APPLICATION_ID)
    throw new Failure('invalid', `${file} is not an event store's file`);
  const version = Number(pragma(database, 'user_version'));
  if (version > SCHEMA_VERSION || version < 1)
    throw new Failure(
      'invalid',
      `${file} has schema version ${version}, and this node knows 1 to ${SCHEMA_VERSION}: use the node that wrote it`,
    );
  return version;
}

/** How many of the newest events are looked at before a node serves; `verify` looks at all. */
const LOOKED_AT = 64;

/** What a start can see of damage without reading everything: the end of the log, where a torn write would be. */
function checkNewest(database: DatabaseSync, file: string): void {
  const damaged = (what: string) => new Failure('corrupt', `${file} is damaged (${what}): restore a backup`);
  const newest = database.prepare('SELECT position, checksum, record FROM events ORDER BY position DESC LIMIT ?');
  for (const { position, checksum, record } of newest.all(LOOKED_AT)) {
    if (!(record instanceof Uint8Array) || crc32(record) !== checksum)
      throw damaged(`the event at ${String(position)}`);
  }
}

/** That a file came or went is durable only after its folder was synced; an old journal that came back would undo everything. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function refusal(thrown: unknown, folder: string, file: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const reason = messageOf(thrown);
  const options = { cause: thrown };
  if (/locked|busy/u.test(reason))
    return new Failure('unavailable', `${folder} is in use by another event store node`, options);
  if (/not a database|malformed|corrupt/u.test(reason))
    return new Failure('corrupt', `${file} is damaged (${reason}): restore a backup`, options);
  return new Failure('denied', `${folder} cannot be used as data folder: ${reason}`, options);
}
