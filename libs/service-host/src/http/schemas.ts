/** A JSON Schema as data. TypeBox's own types tell nothing of keywords, so what takes a schema takes any `object`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keywords whose value is a map of names to schemas, so its keys are names and no keywords. */
const MAPS = new Set(['properties', 'patternProperties', '$defs']);
/** Keywords whose value is data. */
const DATA = new Set(['const', 'enum', 'default', 'examples', 'required']);

function strictValue(keyword: string, value: unknown, closed: boolean): unknown {
  if (DATA.has(keyword)) return value;
  if (Array.isArray(value))
    return value.map((item: unknown) => (isSchema(item) ? strictSchema(item, keyword !== 'allOf' && closed) : item));
  if (!isSchema(value)) return value;
  if (!MAPS.has(keyword)) return strictSchema(value, true);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSchema(inner) ? strictSchema(inner, true) : inner]),
  );
}

/**
 * The same schema, where every object that declares members and says nothing of others has no others. Parts of an `allOf`
 * stay open, since each sees the members of all.
 */
export function strictSchema(schema: object, closed = true): JsonSchema {
  const copy = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, strictValue(keyword, value, closed)]),
  );
  return closed && isSchema(copy['properties']) && copy['additionalProperties'] === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}
