import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { temporaryFolder } from '@mooring/testing';

/** A file system of a few megabytes over a folder, which a ballast can fill. */
export interface SmallDisk extends Disposable {
  /** Takes all the room there is; what has grown since the last time is taken again. */
  fill(): void;
  /** Gives the room back. */
  free(): void;
}

/** Takes rights that not everybody has. */
export async function canMount(): Promise<boolean> {
  await using folder = await temporaryFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder.path]).status !== 0) return false;
  execFileSync('umount', ['--lazy', folder.path]);
  return true;
}

/** Moves what is in a folder onto a disk of its own in the same place. Nobody may use it meanwhile. */
export function ontoSmallDisk(folder: string, mebibytes: number): SmallDisk {
  const before = `${folder}.before`;
  const ballast = `${folder}/ballast`;
  renameSync(folder, before);
  mkdirSync(folder, { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700`, 'tmpfs', folder]);
  execFileSync('cp', ['-a', `${before}/.`, folder]);
  rmSync(before, { recursive: true });
  return {
    fill() {
      const file = openSync(ballast, 'a', 0o600);
      for (const bytes of [1_048_576, 4_096]) while (hasWritten(file, Buffer.alloc(bytes)));
      closeSync(file);
    },
    free: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', folder]),
  };
}

function hasWritten(file: number, block: Buffer): boolean {
  try {
    return writeSync(file, block) === block.length;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw thrown;
  }
}
