import { DatabaseSync } from 'node:sqlite';
import { Failure } from '@mooring/kernel';

const SQLITE_BUSY = 5;

/**
 * Holds a file, made when missing, for this process until it is closed, or the process ends in whatever way: the lock is the system's
 * own, which SQLite takes the same way everywhere. `undefined` while somebody else has it, in this process too; throws what the system
 * says when there can be no such file.
 */
export function lockFile(path: string): Disposable | undefined {
  const lock = new DatabaseSync(path);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}

/** What to say where another process has the lock of a folder that is given as `--data`; its number where that is known. */
export const alreadyRunning = (folder: string, pid: number | undefined): Failure =>
  new Failure(
    'conflict',
    `it is running already from ${folder}${pid === undefined ? '' : ` (process ${pid})`}: stop that one, or choose another folder with --data DIR`,
  );
