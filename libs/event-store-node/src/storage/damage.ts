import { Failure, messageOf } from '@mooring/kernel';

/** What node:sqlite throws for a page that makes no sense. */
const SQLITE_CORRUPT = 11;
export const isDamagedFile = (thrown: unknown): boolean =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'errcode' in thrown &&
  (Number(thrown.errcode) & 0xff) === SQLITE_CORRUPT;

/** Where damage is told that a read came upon. */
export interface DamageReports {
  /** A record that is not what was written. */
  record(position: number): void;
  /** A page of the file that SQLite cannot make sense of. */
  file(reason: string): void;
}

/** For who is told by what is thrown. */
export const NO_REPORTS: DamageReports = { record: () => undefined, file: () => undefined };

/** Tells `damage` when that is why something failed, and gives what was thrown. */
export function telling(damage: DamageReports, thrown: unknown): unknown {
  if (isDamagedFile(thrown)) damage.file(messageOf(thrown));
  return thrown;
}

/**
 * Does what `use` does with a statement; `again` uses that statement once more.
 *
 * @throws Failure `corrupt` for a page of the file that makes no sense, after telling `damage` of it.
 */
export function noticing<T>(damage: DamageReports, use: () => T, again: () => unknown = use): T {
  try {
    return use();
  } catch (thrown) {
    if (!isDamagedFile(telling(damage, thrown))) throw thrown;
    forgetError(again);
    throw new Failure('corrupt', "the store's file is damaged: restore a backup", { cause: thrown });
  }
}

/** A statement that failed throws once more when it is used again, whatever it would then read. */
function forgetError(use: () => unknown): void {
  try {
    use();
  } catch {
    // It was told already.
  }
}

export const REPORTED_RECORDS_MAX = 100;

/** Tells `warn` of each damaged record once, of at most {@link REPORTED_RECORDS_MAX}, and of a damaged file once. */
export function createDamageReports(folder: string, warn: (sentence: string) => void): DamageReports {
  const known = new Set<number>();
  const whatToDo = `stop the node and run \`verify --data ${folder}\` to see all of it, then restore a backup`;
  let fileReported = false;
  return {
    record(position) {
      if (known.has(position) || known.size > REPORTED_RECORDS_MAX) return;
      known.add(position);
      if (known.size > REPORTED_RECORDS_MAX) warn(`more than ${REPORTED_RECORDS_MAX} records are damaged: ${whatToDo}`);
      else warn(`the record at position ${position} is damaged, reads of it fail: ${whatToDo}`);
    },
    file(reason) {
      if (fileReported) return;
      fileReported = true;
      warn(`the file is damaged (${reason}), some reads fail: ${whatToDo}`);
    },
  };
}
