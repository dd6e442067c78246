import { Compile } from 'typebox/compile';
import { isSchema } from './schemas.ts';

/** One thing that is wrong with a value: where (JSON pointer, empty for the whole) and what. */
export interface Finding {
  readonly pointer: string;
  readonly detail: string;
}

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

const FINDINGS_MAX = 20;
const NOT_KNOWN = 'is not known here';

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const unescapePointer = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

/** The part of a schema that a path like `#/properties/a/anyOf/0` names. */
const schemaAt = (schema: object, path: string): unknown =>
  path
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (part, name) =>
        typeof part === 'object' && part !== null ? Reflect.get(part, unescapePointer(name)) : undefined,
      schema,
    );

const words = (values: readonly unknown[]): string => values.map((value) => String(value)).join(', ');

function choicesOf(part: unknown): readonly unknown[] | undefined {
  if (!isSchema(part)) return undefined;
  if (Array.isArray(part['enum'])) return part['enum'] as readonly unknown[];
  const options = part['anyOf'];
  if (!Array.isArray(options)) return undefined;
  const constants = options.map((option: unknown) => (isSchema(option) ? option['const'] : undefined));
  return constants.includes(undefined) ? undefined : constants;
}

function describe(schema: object, error: SchemaError): readonly Finding[] {
  const { keyword, instancePath: pointer, schemaPath, params, message } = error;
  const names = Object.values(params).find((value): value is string[] => Array.isArray(value));
  if (keyword === 'additionalProperties' && names !== undefined)
    return names.map((name) => ({ pointer: `${pointer}/${escapePointer(name)}`, detail: NOT_KNOWN }));
  // A schema that is `false`: the validator's word for each member that `additionalProperties: false` refuses.
  if (keyword === 'boolean') return [{ pointer, detail: NOT_KNOWN }];
  if (keyword === 'required' && names !== undefined)
    return names.map((name) => ({ pointer: `${pointer}/${escapePointer(name)}`, detail: 'is missing' }));
  const part = keyword === 'pattern' ? schemaAt(schema, schemaPath) : undefined;
  if (isSchema(part) && typeof part['title'] === 'string') return [{ pointer, detail: `must be ${part['title']}` }];
  const choices = keyword === 'enum' || keyword === 'anyOf' ? choicesOf(schemaAt(schema, schemaPath)) : undefined;
  return [{ pointer, detail: choices === undefined ? message : `must be one of ${words(choices)}` }];
}

/** Without what another error already says better: the branches of a choice. */
function telling(errors: readonly SchemaError[]): readonly SchemaError[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  return errors.filter(
    (error) =>
      !choices.some(
        (choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/${choice.keyword}/`),
      ),
  );
}

/** A check of values against a schema; gives at most 20 findings, none when the value fits. Never changes the value. */
export function createCheck(schema: object): (value: unknown) => readonly Finding[] {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return [];
    const findings = telling(validator.Errors(value)).flatMap((error) => describe(schema, error));
    const places = new Map(findings.map((finding) => [`${finding.pointer} ${finding.detail}`, finding]));
    // Whatever the errors say: a value that does not fit has a finding.
    return places.size === 0 ? [{ pointer: '', detail: 'does not fit' }] : [...places.values()].slice(0, FINDINGS_MAX);
  };
}
