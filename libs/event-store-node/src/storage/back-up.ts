import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { createPrivate } from './permissions.ts';

const PAGES_PER_STEP = 256;

/**
 * Copies the store to a file while the node serves; what is written meanwhile may or may not be in it, each append whole.
 * The file appears under its name only when it is complete and synced, and only its owner may read it. To restore it, put it as `events.db` into an
 * empty data folder.
 */
export async function backUp(database: DatabaseSync, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.part`;
  rmSync(part, { force: true });
  createPrivate(part);
  await backup(database, part, { rate: PAGES_PER_STEP });
  for (const path of [part, dirname(file)]) {
    const handle = openSync(path, 'r');
    fsyncSync(handle);
    closeSync(handle);
  }
  renameSync(part, file);
}
