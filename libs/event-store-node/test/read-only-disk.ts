import { spawnSync } from 'node:child_process';
import { PROGRAM, type Ended } from './own-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';

/** In a namespace of its own, where the folder is mounted read-only; which takes rights that not everybody has. */
const over = (folder: string, ...command: readonly string[]) =>
  spawnSync('unshare', ['-m', 'sh', '-c', MOUNT, folder, ...command], { encoding: 'utf8' });

export const canMountReadOnly = ((): boolean => {
  using folder = temporaryFolder();
  return over(folder.path, 'true').status === 0;
})();

/** Runs the program to its end while the folder is on a read-only disk. */
export function runOverReadOnly(folder: string, args: readonly string[]): Ended {
  const { status, stdout, stderr } = over(folder, process.execPath, ...PROGRAM, ...args);
  return { code: status, stdout, stderr };
}
