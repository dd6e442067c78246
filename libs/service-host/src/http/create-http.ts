import { fastify, type FastifyInstance } from 'fastify';
import type { Tracer } from '@opentelemetry/api';
import type { Registry } from 'prom-client';
import { measureHttp } from '../health/metrics.ts';
import type { Logger } from '../logs/logger.ts';
import { sendProblem } from '../problems/send-problem.ts';
import { traceHttp } from '../tracing/http-tracing.ts';
import { answerBrokenRequests } from './broken-requests.ts';
import { watchCallers } from './request-context.ts';
import { createRouteTable } from './route-table.ts';
import { isNoRoute, noSuchRoute } from './no-such-route.ts';
import { enforceStrictRoutes } from './strict-routes.ts';
import { validatorCompiler } from './validation.ts';

export interface HttpOptions {
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly metrics: Registry;
}

const BODY_BYTES_MAX = 1024 * 1024;
const PARAMETER_CHARACTERS_MAX = 300;

/** An empty body is no body, whatever the media type says: tools send the header on every POST. */
function parseJsonBodies(http: FastifyInstance): void {
  const parse = http.getDefaultJsonParser('error', 'error');
  http.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done);
  });
}

/**
 * Fastify with the host's order of things: span, metrics, caller's signal, and then whatever is added later. Bodies are at
 * most 1 MiB unless the route says otherwise. Answers are written by `JSON.stringify` and not by a serializer made from their
 * schema: such a one drops undeclared members and throws on missing ones, so a slip in a schema would lose data or turn a
 * success that happened into a 500. Tests check answers against the document instead (`expectDocumented`).
 */
export function createHttp({ log, tracer, metrics }: HttpOptions): FastifyInstance {
  const routes = createRouteTable();
  const http = fastify({
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS_MAX },
    // While stopping, what still comes in on open connections is served; they are closed after their answer.
    return503OnClosing: false,
    requestTimeout: 60_000,
    frameworkErrors: (error, request, reply) => sendProblem(log, error, request, reply),
    clientErrorHandler: answerBrokenRequests,
  });
  http.setErrorHandler((error, request, reply) => sendProblem(log, error, request, reply));
  http.setNotFoundHandler((request, reply) => sendProblem(log, noSuchRoute(request, routes), request, reply));
  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(() => (value) => JSON.stringify(value));
  parseJsonBodies(http);
  http.removeContentTypeParser('text/plain');
  // Before the handler of what is not found: Fastify refuses a QUERY without a media type earlier than that.
  http.addHook('preParsing', (request, _reply, _payload, done) =>
    isNoRoute(request, routes) ? done(noSuchRoute(request, routes)) : done(),
  );
  http.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  traceHttp(http, tracer);
  measureHttp(http, metrics);
  watchCallers(http);
  enforceStrictRoutes(http);
  return http;
}
