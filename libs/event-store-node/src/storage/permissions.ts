import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure, messageOf } from '@mooring/kernel';

const { R_OK, W_OK, X_OK } = constants;

const codeOf = (thrown: unknown): unknown =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;

const permissions = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

/** Why the system refused, with who asked and whose it is. */
function because(path: string, what: string, thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === 'EROFS') return `${path} is on a file system that is mounted read-only`;
  if (code === 'ENOENT') return `no folder can be made in ${path}`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `${path} is not a folder`;
  if (code !== 'EACCES' && code !== 'EPERM') return messageOf(thrown);
  const asks = process.getuid === undefined ? 'this user' : `this user (uid ${process.getuid()})`;
  const there = statSync(path, { throwIfNoEntry: false });
  const owner = there === undefined ? '' : ` (owner uid ${there.uid}, mode ${permissions(there.mode)})`;
  return `${asks} may not ${what} ${path}${owner}`;
}

function nearestThere(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/**
 * Makes a folder (0700) and those above it that are missing, one by one: Node's recursive `mkdir` never ends where the system says
 * that a folder which is there is not, as `/proc` does of whatever one makes in it.
 */
function makeFolder(folder: string): void {
  const isThere = (): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere()) return;
  if (!existsSync(folder)) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (thrown) {
    // Another node may have been quicker, which is refused later and for that reason.
    if (!isThere()) throw thrown;
  }
}

/** @throws Failure `denied` that says who may not do what. */
function requireAccess(path: string, mode: number, what: string, refuse: (why: string) => Failure): void {
  try {
    accessSync(path, mode);
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw refuse(because(path, what, thrown));
  }
}

/**
 * Makes the folder (0700) and an empty file in it (0600, which SQLite's other files take over) where they are missing: the
 * store holds hashes of passwords. Leaves the modes of what is there.
 *
 * @throws Failure `denied` when this user cannot write in it, before anything was changed.
 */
export function prepareFolder(folder: string, file: string): void {
  const refuse = (why: string): Failure =>
    new Failure(
      'denied',
      `${folder} cannot be used as data folder: ${why}: a node needs to read and write the folder and the files in it`,
    );
  try {
    makeFolder(folder);
  } catch (thrown) {
    throw refuse(because(nearestThere(folder), 'write in', thrown));
  }
  requireAccess(folder, R_OK | W_OK | X_OK, 'write in', refuse);
  for (const path of [file, `${file}-wal`]) requireAccess(path, R_OK | W_OK, 'read and write', refuse);
  createPrivate(file);
}

/** @throws Failure `denied` when this user cannot read the file. */
export function requireReadable(file: string): void {
  requireAccess(file, R_OK, 'read', (why) => new Failure('denied', `${file} cannot be checked: ${why}`));
}

/** Makes an empty file that only its owner may read, unless it is there. A file that is there is not even opened: closing it would give up SQLite's locks. */
export function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown;
  }
}

/** A sentence if every user of the machine may read the file, which older nodes allowed. */
export function exposure(folder: string, file: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  const { mode } = statSync(file);
  if ((mode & 0o004) === 0 || (statSync(folder).mode & 0o001) === 0) return undefined;
  return `every user of this machine may read ${file} (mode ${permissions(mode)}), which has hashes of passwords: chmod 600 it`;
}
