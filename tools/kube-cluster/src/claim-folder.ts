import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alreadyRunning, lockFile, makeFolder } from '@mooring/engines';
import { Failure, messageOf } from '@mooring/kernel';

/**
 * Takes a folder, made (0700) when missing, for one cluster until it is disposed of, or this process ends in whatever way: etcd does not
 * notice a second one on its data. Throws a Failure: `conflict` while a cluster starts, runs or stops there, `invalid` when it cannot be used.
 */
export function claimFolder(folder: string): Disposable {
  const holder = join(folder, 'cluster.pid');
  const lock = tryLock(folder);
  if (lock === undefined) throw alreadyRunning(folder, processIn(holder));
  writeFileSync(holder, `${process.pid}\n`);
  return lock;
}

function tryLock(folder: string): Disposable | undefined {
  try {
    makeFolder(folder);
    return lockFile(join(folder, 'cluster.lock'));
  } catch (cause) {
    throw new Failure(
      'invalid',
      `${folder} cannot be the folder of a cluster (${messageOf(cause)}): choose another with --data DIR`,
      { cause },
    );
  }
}

/** Nothing in the moment before it has written its own. */
function processIn(holder: string): number | undefined {
  try {
    return Number(readFileSync(holder, 'utf8'));
  } catch {
    return undefined;
  }
}
