import { createCheck } from './findings.ts';
import type { OpenApiDocument } from './open-api.ts';
import { matchesPattern } from './route-table.ts';
import { isSchema, strictSchema, type JsonSchema } from './schemas.ts';

const resolveRef = (document: OpenApiDocument, ref: string): unknown =>
  ref
    .split('/')
    .slice(1)
    .reduce<unknown>((part, name) => (isSchema(part) ? part[name] : undefined), document);

/** The same schema with every `$ref` into the document replaced by what it names; recursive schemas are not supported. */
function inlineRefs(document: OpenApiDocument, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inlineRefs(document, item));
  if (!isSchema(value)) return value;
  const ref = value['$ref'];
  if (typeof ref === 'string' && ref.startsWith('#/')) return inlineRefs(document, resolveRef(document, ref));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inlineRefs(document, inner)]));
}

/** A path with parameters gives way to one without: `/a/stream` is not `/a/{id}`. */
function patternOf(document: OpenApiDocument, path: string): string | undefined {
  const patterns = Object.keys(document.paths).filter((pattern) => matchesPattern(pattern, path));
  return patterns.find((pattern) => !pattern.includes('{')) ?? patterns[0];
}

function schemaOf(document: OpenApiDocument, where: string, response: unknown): JsonSchema | undefined {
  if (!isSchema(response) || !isSchema(response['content'])) return undefined;
  const json = Object.entries(response['content']).find(([mediaType]) => /[/+]json$/.test(mediaType))?.[1];
  if (json === undefined) return undefined;
  const schema = isSchema(json) ? inlineRefs(document, json['schema']) : undefined;
  if (!isSchema(schema)) throw new Error(`${where}: the document gives no schema for JSON`);
  return schema;
}

/**
 * Throws unless the document knows this answer: the path, the method, the status, and a body that fits the schema with no
 * member that the schema does not declare. `path` may have a query; `body` is the parsed JSON, ignored where the
 * document says the answer has no JSON.
 */
export function expectDocumented(
  document: OpenApiDocument,
  method: string,
  path: string,
  status: number,
  body: unknown,
): void {
  const [plain = path] = path.split('?', 1);
  const where = `${method} ${plain} ${status}`;
  const operation = document.paths[patternOf(document, plain) ?? '']?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${where}: the document has no such operation`);
  const response = operation.responses[String(status)];
  if (response === undefined) throw new Error(`${where}: the document has no such status for the operation`);
  const schema = schemaOf(document, where, response);
  if (schema === undefined) return;
  const findings = createCheck(strictSchema(schema))(body);
  if (findings.length > 0)
    throw new Error(
      `${where}: not as documented: ${findings.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}`,
    );
}
