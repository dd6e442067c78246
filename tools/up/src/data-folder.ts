import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@mooring/engines';
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
      `${folder} cannot be used as the data folder (${messageOf(cause)}): choose another with --data DIR`,
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
