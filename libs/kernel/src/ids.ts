import { v4, v5, validate } from 'uuid';

/** A random (version 4) UUID in lower case. */
export const randomUuid = (): string => v4();

/** The namespace of every name-based UUID this product makes; fixed for ever, since stored streams are named by it. */
const MOORING_NAMESPACE = '7a1d4c0e-5f7b-5c1e-9a55-3c8f1f0b6d21';

/**
 * A name-based (version 5, RFC 9562) UUID: the same parts always give the same id, so a repeated step finds its own first try.
 * Parts are joined with a character that may stand in none of them (U+0000).
 */
export const nameUuid = (...parts: readonly [string, ...string[]]): string =>
  v5(parts.join('\u0000'), MOORING_NAMESPACE);

/** Whether `text` is a UUID of any version in its canonical 8-4-4-4-12 form; upper case is accepted. */
export const isUuid = (text: string): boolean => validate(text);
