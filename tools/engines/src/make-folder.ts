import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '@mooring/kernel';

/**
 * Makes a folder (0700) and those above it that are missing, one by one: Node's recursive `mkdir` never ends where the system says
 * that a folder which is there is not, as `/proc` does of whatever one makes in it. Throws a Failure `invalid` that names the folder
 * in which none can be made. What is there already is left as it is, a file too.
 */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  const above = dirname(folder);
  makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // Two may make it at the same time.
    if (code === 'EEXIST') return;
    const why = code === undefined || code === 'ENOENT' ? '' : ` (${code})`;
    throw new Failure('invalid', `no folder can be made in ${above}${why}`, { cause });
  }
}
