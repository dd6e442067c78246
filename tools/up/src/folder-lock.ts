import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '@mooring/kernel';
import { starterOf } from './leftovers.ts';

/**
 * Holds a data folder for this process until it is closed, or the process ends in whatever way: the lock is the system's own, which
 * SQLite takes the same way everywhere. Throws a Failure `conflict` while another process has it.
 */
export function lockFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, 'up.lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const starter = starterOf(folder);
    throw new Failure(
      'conflict',
      `it is running already from ${folder}${starter === undefined ? '' : ` (process ${starter})`}: stop that one, or choose another folder with --data DIR`,
      { cause },
    );
  }
  return { [Symbol.dispose]: () => lock.close() };
}
