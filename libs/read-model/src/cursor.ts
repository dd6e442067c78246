import { Failure, isUuid } from '@mooring/kernel';

/** A value of a sort key as it stands in a cursor. */
export type CursorValue = string | number | boolean | null;

/** An opaque, URL-safe text for "after the row with these keys". `kind` names the list and its sort, so that no other list accepts it. */
export const encodeCursor = (kind: string, values: readonly CursorValue[]): string =>
  Buffer.from(JSON.stringify([kind, ...values])).toString('base64url');

/** The keys in a cursor made by {@link encodeCursor} for the same `kind`, `length` of them. Throws Failure `invalid` for anything else. */
export function decodeCursor(kind: string, length: number, cursor: string): readonly CursorValue[] {
  const parsed = parse(cursor);
  if (Array.isArray(parsed) && parsed.length === length + 1 && parsed[0] === kind) {
    const values: unknown[] = parsed.slice(1);
    if (values.every(isCursorValue)) return values;
  }
  throw new Failure('invalid', 'this cursor was not given out by this list', {
    details: { parameter: 'cursor', kind },
  });
}

/** What a key may hold, so that a database can compare with it: any text, a UUID, a time as lists give it out, or a whole number. */
export type CursorKey = 'text' | 'uuid' | 'time' | 'number';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const FITS: Readonly<Record<CursorKey, (text: string) => boolean>> = {
  text: (text) => !text.includes('\u0000') && text.isWellFormed(),
  uuid: isUuid,
  time: (text) => TIME.test(text) && !Number.isNaN(Date.parse(text)),
  number: (text) => /^[0-9]{1,18}$/.test(text),
};

/**
 * The keys of a cursor as texts that fit `keys`, one by one. Cursors are not signed, so somebody may have made one up. Throws
 * Failure `invalid` for anything that no list gave out.
 */
export function decodeKeys(kind: string, keys: readonly CursorKey[], cursor: string): readonly string[] {
  return decodeCursor(kind, keys.length, cursor).map((value, index) => {
    const key = keys[index];
    if (typeof value === 'string' && key !== undefined && FITS[key](value)) return value;
    throw new Failure('invalid', 'this cursor was not given out by this list', {
      details: { parameter: 'cursor', kind },
    });
  });
}

const isCursorValue = (value: unknown): value is CursorValue =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
