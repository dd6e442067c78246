import { join } from 'node:path';
import { lockFile } from '@mooring/engines';
import { Failure } from '@mooring/kernel';
import { starterOf } from './leftovers.ts';

/** Holds a data folder for this process, as {@link lockFile} does. Throws a Failure `conflict` while another process has it. */
export function lockFolder(folder: string): Disposable {
  const lock = lockFile(join(folder, 'up.lock'));
  if (lock !== undefined) return lock;
  const starter = starterOf(folder);
  throw new Failure(
    'conflict',
    `it is running already from ${folder}${starter === undefined ? '' : ` (process ${starter})`}: stop that one, or choose another folder with --data DIR`,
  );
}
