import type { FastifySchemaCompiler } from 'fastify';
import { Problem, type RequestError } from '../problems/problem.ts';
import { coerceParameters } from './coerce.ts';
import { createCheck, type Finding } from './findings.ts';
import { isSchema, type JsonSchema } from './schemas.ts';

const parameterError = ({ pointer, detail }: Finding): RequestError => ({
  parameter: pointer.split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~') ?? '',
  detail,
});

const refuse = (errors: readonly RequestError[]): Problem =>
  new Problem(400, 'invalid-request', 'The request is not as this operation wants it', {
    detail: errors.map((error) => `${whereOf(error)} ${error.detail}`).join('; '),
    errors,
  });

function whereOf(error: RequestError): string {
  if ('parameter' in error) return error.parameter;
  if ('header' in error) return error.header;
  return error.pointer === '' ? 'the body' : error.pointer;
}

/** No database takes it in a text, and nobody means it in a parameter. */
const zeroCharacters = (values: Readonly<Record<string, unknown>>): readonly Finding[] =>
  Object.entries(values)
    .filter(([, value]) => [value].flat().some((item) => typeof item === 'string' && item.includes('\u0000')))
    .map(([name]) => ({ pointer: `/${name}`, detail: 'must not hold U+0000' }));

type Outcome = { readonly value: unknown } | { readonly error: Problem };

/** Parameters are read from their text; bodies are taken as they are. The schemas are strict already: see {@link strictRoute}. */
export const validatorCompiler: FastifySchemaCompiler<JsonSchema> = ({ schema, httpPart }) => {
  const check = createCheck(schema);
  if (httpPart === 'body')
    return (body: unknown): Outcome => {
      if (body === undefined) return { error: refuse([{ pointer: '', detail: 'is missing' }]) };
      const findings = check(body);
      return findings.length === 0 ? { value: body } : { error: refuse(findings.map((finding) => ({ ...finding }))) };
    };
  return (given: unknown): Outcome => {
    const value = coerceParameters(schema, isSchema(given) ? given : {});
    const zeros = zeroCharacters(value);
    const isOfZero = ({ pointer }: Finding): boolean => zeros.some((zero) => zero.pointer === pointer);
    const findings = [...check(value).filter((finding) => !isOfZero(finding)), ...zeros];
    return findings.length === 0 ? { value } : { error: refuse(findings.map(parameterError)) };
  };
};
