import { DatabaseSync } from 'node:sqlite';

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
