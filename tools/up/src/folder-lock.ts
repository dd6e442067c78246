import { join } from 'node:path';
import { alreadyRunning, lockFile } from '@mooring/engines';
import { starterOf } from './leftovers.ts';

/** Holds a data folder for this process, as {@link lockFile} does. Throws a Failure `conflict` while another process has it. */
export function lockFolder(folder: string): Disposable {
  const lock = lockFile(join(folder, 'up.lock'));
  if (lock === undefined) throw alreadyRunning(folder, starterOf(folder));
  return lock;
}
