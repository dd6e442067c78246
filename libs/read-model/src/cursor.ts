import { Failure } from '@mooring/kernel';

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
  throw new Failure('invalid', 'this cursor was not given out by this list', { details: { kind } });
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
