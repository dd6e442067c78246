import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure, delay } from '@mooring/kernel';

export interface BuildOnce {
  /** The folder to end up with. When it exists it is complete. */
  readonly target: string;
  /** Fills an empty folder; whatever it throws is passed on and leaves no target. */
  readonly build: (folder: string) => Promise<void>;
  readonly onWait?: () => void;
  /** How long to wait for another process that builds the same. Default 20 minutes. */
  readonly timeoutMs?: number;
}

/**
 * Makes `target` by `build` unless it is there: built under a temporary name and renamed, so that half a build is never found.
 * Of several processes one builds and the others wait. Should two build after all (one took over a lock it thought dead), the
 * second finds the target made and drops its own: the lock saves work, the rename keeps it right.
 */
export async function buildOnce({ target, build, onWait, timeoutMs = 20 * 60_000 }: BuildOnce): Promise<void> {
  if (existsSync(target)) return;
  await mkdir(dirname(target), { recursive: true });
  const lock = `${target}.lock`;
  const deadline = Date.now() + timeoutMs;
  for (let waited = false; !(await tryLock(lock)); waited = true) {
    if (!waited) onWait?.();
    if (Date.now() > deadline)
      throw new Failure(
        'unavailable',
        `another process has been building ${target} for too long; if none does, delete ${lock}`,
      );
    await delay(200);
    if (existsSync(target)) return;
  }
  const half = `${target}.${process.pid}.tmp`;
  try {
    if (existsSync(target)) return;
    await rm(half, { recursive: true, force: true });
    await mkdir(half, { recursive: true });
    await build(half);
    await rename(half, target).catch((thrown: unknown) => {
      if (!existsSync(target)) throw thrown;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
    await rm(lock, { force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
  // An empty file is a lock taken this very moment.
  if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
