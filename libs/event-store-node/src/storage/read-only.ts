import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure, isFailure, messageOf } from '@mooring/kernel';
import { DATABASE_FILE, requireKnown } from './database.ts';
import { requireReadable } from './permissions.ts';

export interface ReadOnlyStore extends Disposable {
  readonly database: DatabaseSync;
  /** To be called when everything was read. @throws Failure `unavailable` if a node may have written meanwhile. */
  requireUnchanged(): void;
}

/**
 * Opens the store of a stopped node (a data folder) or a single backup file to be read, without making or changing a file,
 * so that it may be on read-only media. What a killed node left in its `-wal` is read, too; for as long as it is open this
 * takes a `-shm` file beside it, which only works where one may write.
 *
 * @throws Failure `not-found`, `unavailable` while a node has it, `invalid` for a file of something else or of a newer
 *   schema, `corrupt`, `denied`.
 */
export function openReadOnly(path: string): ReadOnlyStore {
  const file = locate(path);
  requireReadable(file);
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  return wal === undefined ? openImmutable(file) : openBesideLog(file, wal.size);
}

function locate(path: string): string {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) throw new Failure('not-found', `there is nothing at ${path}`);
  if (!there.isDirectory()) return path;
  const file = join(path, DATABASE_FILE);
  if (!existsSync(file)) throw new Failure('not-found', `${path} is no data folder: it has no ${DATABASE_FILE}`);
  return file;
}

const inUse = (file: string): Failure =>
  new Failure('unavailable', `${file} is in use by an event store node: stop it, or check a backup of it`);

function open(file: string, parameters: string): DatabaseSync {
  const url = pathToFileURL(file);
  url.search = parameters;
  const database = new DatabaseSync(url, { readOnly: true, timeout: 200 });
  try {
    requireKnown(database, file);
    return database;
  } catch (thrown) {
    database.close();
    throw refusal(thrown, file);
  }
}

function refusal(thrown: unknown, file: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const reason = messageOf(thrown);
  const options = { cause: thrown };
  if (/locked|busy/u.test(reason)) return inUse(file);
  if (/unable to open|readonly/u.test(reason))
    return new Failure(
      'denied',
      `${file}-wal has what its node wrote last before it was killed, and to read that SQLite must write beside it: ` +
        'copy both files to a folder that can be written, and check the copy',
      options,
    );
  return new Failure('corrupt', `${file} is damaged (${reason}): restore a backup`, options);
}

/** No node has it, since one that runs has a `-wal`. Nothing is locked, and nothing but the file is looked at. */
function openImmutable(file: string): ReadOnlyStore {
  const database = open(file, 'immutable=1');
  return {
    database,
    requireUnchanged() {
      if (existsSync(`${file}-wal`)) throw inUse(file);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** A node that runs has locked the file; otherwise it was killed, or this is a copy of that. While it is read no node can start. */
function openBesideLog(file: string, walBytes: number): ReadOnlyStore {
  requireReadable(`${file}-wal`);
  const shared = `${file}-shm`;
  const hadShared = existsSync(shared);
  const tidy = (): void => {
    if (!hadShared) rmSync(shared, { force: true });
  };
  try {
    const database = open(file, 'mode=ro');
    return {
      database,
      requireUnchanged: () => undefined,
      [Symbol.dispose]: () => {
        database.close();
        tidy();
      },
    };
  } catch (thrown) {
    tidy();
    if (!isFailure(thrown, 'denied')) throw thrown;
    if (walBytes === 0) return openImmutable(file);
    throw thrown;
  }
}
