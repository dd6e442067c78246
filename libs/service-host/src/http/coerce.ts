import { isSchema } from './schemas.ts';

const INTEGER = /^-?(?:0|[1-9][0-9]{0,15})$/;

/** Reads one parameter's text as its schema wants it. What does not fit is left as it is, for the check to name. */
function coerceParameter(schema: unknown, given: unknown): unknown {
  if (!isSchema(schema)) return given;
  if (schema['type'] === 'array') return [given].flat().map((item: unknown) => coerceParameter(schema['items'], item));
  if (typeof given !== 'string') return given;
  if (schema['type'] === 'integer' && INTEGER.test(given)) return Number(given);
  if (schema['type'] === 'boolean' && (given === 'true' || given === 'false')) return given === 'true';
  return given;
}

/**
 * Parameters of a query or a path as their schema types them: integers and booleans read from their text, a single value
 * of an array put into one, defaults filled in. Nothing else: no empty text to 0 or null, no `1e3`, no `0x10`.
 */
export function coerceParameters(schema: object, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const properties = 'properties' in schema && isSchema(schema.properties) ? schema.properties : {};
  const defaults = Object.entries(properties).flatMap(([name, property]) =>
    isSchema(property) && 'default' in property ? [[name, property['default']] as const] : [],
  );
  const values = Object.entries(given).map(
    ([name, value]) =>
      [name, coerceParameter(Object.hasOwn(properties, name) ? properties[name] : undefined, value)] as const,
  );
  return Object.fromEntries([...defaults, ...values]);
}
