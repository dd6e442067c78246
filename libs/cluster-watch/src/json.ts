/** Reading JSON of which nothing is known: each gives the value when it is of that type, else `undefined`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/**
 * Control characters but tabs and line breaks are taken out, and half a surrogate pair is replaced: no database can hold all of them, and
 * a terminal may take them for commands.
 */
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.replace(/[\p{Cc}--[\t\n\r]]/gv, '').toWellFormed() : undefined;

/** An empty text says nothing, and is left out. */
export const asWord = (value: unknown): string | undefined => {
  const text = asText(value);
  return text === '' ? undefined : text;
};

export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const asBoolean = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** Where `path` leads inside `value`. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = asObject(found)?.[key];
  return found;
}

/** The object that the text is; `undefined` for anything else, broken JSON included. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the fields that are `undefined`. A loop, since every object of a cluster goes through it several times. */
export function given<const T extends object>(fields: T): Given<T> {
  const all = fields as Readonly<Record<string, unknown>>;
  const found: Record<string, unknown> = {};
  for (const key in all) if (all[key] !== undefined) found[key] = all[key];
  return found as Given<T>;
}
