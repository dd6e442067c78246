import type { FastifyInstance, FastifyRequest, FastifySchema, RouteOptions } from 'fastify';
import { Problem } from '../problems/problem.ts';
import { isSchema, strictSchema, type JsonSchema } from './schemas.ts';

const NO_PARAMETERS: JsonSchema = { type: 'object', properties: {}, additionalProperties: false };

const JSON_ONLY = ['application/json'];

const strictPart = (part: unknown): unknown => (isSchema(part) ? strictSchema(part) : part);

function strictBody(body: unknown): unknown {
  if (!isSchema(body) || !isSchema(body['content'])) return strictPart(body);
  const content = Object.entries(body['content']).map(([mediaType, media]) => [
    mediaType,
    isSchema(media) ? { ...media, schema: strictPart(media['schema']) } : media,
  ]);
  return { ...body, content: Object.fromEntries(content) as unknown };
}

/** A route's schema, closed: what it does not declare is refused. */
export function strictRoute(schema: FastifySchema): FastifySchema {
  return {
    ...schema,
    querystring: strictPart(schema.querystring) ?? NO_PARAMETERS,
    ...(schema.params === undefined ? {} : { params: strictPart(schema.params) }),
    ...(schema.body === undefined ? {} : { body: strictBody(schema.body) }),
  };
}

const hasBody = (request: FastifyRequest): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/** The media types a route's body may have; `undefined`: it takes none. */
function acceptedTypes(schema: FastifySchema): readonly string[] | undefined {
  if (!isSchema(schema.body)) return undefined;
  if (isSchema(schema.body['content'])) return Object.keys(schema.body['content']);
  const consumes = (schema as { readonly consumes?: unknown }).consumes;
  return Array.isArray(consumes) ? consumes.map(String) : JSON_ONLY;
}

function checkBodyIsWanted(request: FastifyRequest): void {
  const schema = request.routeOptions.schema;
  if (schema === undefined || isHidden(schema) || !hasBody(request)) return;
  const accepted = acceptedTypes(schema);
  if (accepted === undefined) throw new Problem(400, 'unexpected-body', 'This operation takes no body');
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!accepted.includes(mediaType))
    throw new Problem(415, 'unsupported-media-type', 'This media type is not accepted here', {
      detail: `Send the body as ${accepted.join(' or ')}.`,
      headers: { accept: accepted.join(', ') },
    });
}

const isHidden = (schema: FastifySchema): boolean => (schema as { readonly hide?: unknown }).hide === true;

function checkDeclared({ method, url, schema }: RouteOptions): void {
  if (schema?.response === undefined)
    throw new Error(
      `${String(method)} ${url} declares no answer: give it an @Operation, or { schema: { hide: true } } when it is no part of the API`,
    );
}

/**
 * Makes every route of the API declare itself and hold to it: no undeclared parameter, member, body or media type. A route
 * that declares no answer stops the start, so that the OpenAPI document cannot leave anything out.
 */
export function enforceStrictRoutes(http: FastifyInstance): void {
  http.addHook('onRoute', (route) => {
    if (route.schema !== undefined && isHidden(route.schema)) return;
    checkDeclared(route);
    route.schema = strictRoute(route.schema ?? {});
  });
  http.addHook('preParsing', (request, _reply, _payload, done) => {
    try {
      checkBodyIsWanted(request);
      done();
    } catch (thrown) {
      done(thrown as Problem);
    }
  });
}
