import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, messageOf } from '@mooring/kernel';

/** Raised when what an older version left in a data folder could not be used by this one as it is. */
const FORMAT = 1;

const MARKER = 'mooring.json';

/**
 * Takes a folder as the one place for all state: makes it (0700) when it is missing. Throws a Failure `invalid` for a folder
 * of another format, for one that holds something else, and for what cannot be a folder.
 */
export function claimDataFolder(folder: string): void {
  const marker = join(folder, MARKER);
  try {
    makeFolder(folder);
    if (!existsSync(marker) && readdirSync(folder).length === 0) {
      writeFileSync(marker, `${JSON.stringify({ format: FORMAT })}\n`);
      return;
    }
  } catch (cause) {
    throw new Failure(
      'invalid',
      `${folder} cannot be used as the data folder (${whyNot(cause)}): choose another with --data DIR`,
      { cause },
    );
  }
  if (!existsSync(marker)) {
    throw new Failure('invalid', `${folder} holds something else: choose an empty or a new folder with --data DIR`);
  }
  const format = readFormat(marker);
  if (format !== FORMAT) {
    throw new Failure(
      'invalid',
      `${folder} has data of format ${format ?? 'unknown'}, and this version uses format ${FORMAT}: start the version that wrote it, or choose another folder with --data DIR`,
    );
  }
}

/**
 * Makes a folder (0700) and those above it that are missing, one by one: Node's recursive `mkdir` never ends where the system says
 * that a folder which is there is not, as `/proc` does of whatever one makes in it.
 */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

function whyNot(thrown: unknown): string {
  const { code, path } = thrown as NodeJS.ErrnoException;
  return code === 'ENOENT' && path !== undefined ? `no folder can be made in ${dirname(path)}` : messageOf(thrown);
}

function readFormat(marker: string): number | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(marker, 'utf8'));
    return typeof value === 'object' && value !== null && 'format' in value && typeof value.format === 'number'
      ? value.format
      : undefined;
  } catch {
    return undefined;
  }
}
