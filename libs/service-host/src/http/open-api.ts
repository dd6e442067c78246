import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { PROBLEM_MEDIA_TYPE, ProblemBody } from '../problems/problem-body.ts';
import { isSchema, type JsonSchema } from './schemas.ts';

/** An OpenAPI 3.1 document, as data. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface Operation {
  readonly operationId?: string;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** How people and tools prove themselves: to the gateway, which the documents describe; services themselves ask otherwise. */
const SECURITY = {
  schemes: {
    bearer: { type: 'http', scheme: 'bearer', description: 'The token that the start of the system printed.' },
    cookie: { type: 'apiKey', in: 'cookie', name: 'mooring_token', description: 'Set by the printed link.' },
  },
  requirement: [{ bearer: [] }, { cookie: [] }],
} as const;

const EVERY_OPERATION = [400, 401, 403, 500, 503];
const WITH_BODY = [413, 415];

const problemResponse = (status: number): readonly [string, unknown] => [
  String(status),
  {
    description: 'Problem details (RFC 9457)',
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  },
];

/** The generator's filler says nothing; the name of the status does. */
const describeResponse = ([status, response]: [string, unknown]): readonly [string, unknown] => [
  status,
  isSchema(response) && response['description'] === 'Default Response'
    ? { ...response, description: STATUS_CODES[status] ?? status }
    : response,
];

const methodsOnly = (verb: string): boolean => ['get', 'put', 'post', 'delete', 'patch'].includes(verb);

const operationIdOf = (verb: string, path: string): string =>
  `${verb}${path
    .replace(/^\/api\//, '/')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.startsWith('{') ? `By-${segment.slice(1, -1)}` : segment))
    .join('-')
    .replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_match, letter: string) => letter.toUpperCase())}`;

/** The same request body, where every media type holds what `schema` says. */
function withSchema(body: unknown, schema: JsonSchema): unknown {
  if (!isSchema(body) || !isSchema(body['content'])) return body;
  const content = Object.keys(body['content']).map((mediaType) => [mediaType, { schema }]);
  return { ...body, content: Object.fromEntries(content) as unknown };
}

const headerParameters = ({ properties }: JsonSchema): readonly unknown[] =>
  Object.entries(isSchema(properties) ? properties : {}).map(([name, property]) => {
    const { description, ...schema } = isSchema(property) ? property : {};
    return { in: 'header', name, required: false, schema, ...(description === undefined ? {} : { description }) };
  });

/** The parameters that the generator found, and the headers. */
function parametersOf(operation: JsonSchema, headers: unknown): JsonSchema {
  const found: readonly unknown[] = Array.isArray(operation['parameters']) ? operation['parameters'] : [];
  const parameters = [...found.map(withoutZero), ...(isSchema(headers) ? headerParameters(headers) : [])];
  return parameters.length === 0 ? {} : { parameters };
}

const TELLING = ['pattern', 'enum', 'format', 'const'];

/** Every text in a parameter is refused when it holds U+0000; see `validatorCompiler`. */
function withoutZero(parameter: unknown): unknown {
  if (!isSchema(parameter) || !isSchema(parameter['schema'])) return parameter;
  const { schema } = parameter;
  if (schema['type'] !== 'string' || TELLING.some((keyword) => keyword in schema)) return parameter;
  return { ...parameter, schema: { ...schema, pattern: '^[^\\u0000]*$' } };
}

/** Adds to an operation the answers it has from the host: problems and a name. */
function completeOperation(verb: string, path: string, operation: Operation): Operation {
  const { 'x-problems': own, 'x-body-text': bodyText, 'x-headers': headers, ...rest } = operation;
  const statuses = [
    ...EVERY_OPERATION,
    ...('requestBody' in rest ? WITH_BODY : []),
    ...(Array.isArray(own) ? own.map(Number) : []),
  ];
  const problems = Object.fromEntries(statuses.map(problemResponse));
  return {
    ...rest,
    ...(isSchema(bodyText) ? { requestBody: withSchema(rest['requestBody'], bodyText) } : {}),
    ...parametersOf(rest, headers),
    operationId: rest.operationId ?? operationIdOf(verb, path),
    responses: { ...problems, ...Object.fromEntries(Object.entries(rest.responses).map(describeResponse)) },
  };
}

function complete(document: OpenApiDocument): OpenApiDocument {
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item)
        .filter(([verb]) => methodsOnly(verb))
        .map(([verb, operation]) => [verb, completeOperation(verb, path, operation)]),
    ),
  ]);
  const schemas = { ...document.components?.['schemas'], Problem: JSON.parse(JSON.stringify(ProblemBody)) as unknown };
  return {
    ...document,
    components: { ...document.components, schemas },
    paths: Object.fromEntries(paths) as OpenApiDocument['paths'],
  };
}

/**
 * Collects the routes that are registered after it and are not hidden. Gives a function that makes their document, complete with
 * problems, names and the security scheme; call it when the service is ready to listen, not before.
 */
export async function documentRoutes(
  http: FastifyInstance,
  title: string,
  version: string,
): Promise<() => OpenApiDocument> {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version },
      components: { securitySchemes: structuredClone(SECURITY.schemes) as never },
      security: structuredClone(SECURITY.requirement) as never,
    },
    convertConstToEnum: false,
    stripBasePath: false,
  });
  let document: OpenApiDocument | undefined;
  return () => (document ??= complete(asDocument(http.swagger())));
}

/** Serves the document of the routes that are registered after it at `/openapi.json`. */
export async function serveOpenApi(http: FastifyInstance, service: string, version: string): Promise<void> {
  const document = await documentRoutes(http, `Mooring ${service}`, version);
  http.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => reply.send(document()));
}

function asDocument(value: unknown): OpenApiDocument {
  if (!isSchema(value)) throw new Error('the OpenAPI document is not an object');
  return value as unknown as OpenApiDocument;
}
