import { Failure, isUuid } from '@mooring/kernel';
import { decodeCursor } from '@mooring/read-model';

/**
 * The keys in a cursor of this service's lists: texts that PostgreSQL can compare with, the one at `uuidAt` a UUID. Cursors are
 * not signed, so somebody may have made one up. Throws Failure `invalid` for anything that no list gave out.
 */
export function readCursor(kind: string, length: number, uuidAt: number, cursor: string): readonly string[] {
  const values = decodeCursor(kind, length, cursor);
  const texts = values.filter((value) => typeof value === 'string' && !value.includes('\u0000')) as readonly string[];
  if (texts.length !== length || !isUuid(texts[uuidAt] ?? ''))
    throw new Failure('invalid', 'this cursor was not given out by this list', {
      details: { parameter: 'cursor', kind },
    });
  return texts;
}
