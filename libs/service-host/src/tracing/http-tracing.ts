import { context, defaultTextMapGetter, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { formatTraceparent, normaliseTraceId, parseTraceparent } from '@mooring/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import { onAnswerEnd } from '../http/answer-end.ts';
import { isProbe } from '../http/probe.ts';
import { activeTrace } from './active-trace.ts';

const w3c = new W3CTraceContextPropagator();
const contexts = new WeakMap<FastifyRequest, Context>();

/** The context of a request's server span; code of the request that runs outside of it enters it by `context.with`. */
export const traceContextOf = (request: FastifyRequest): Context => contexts.get(request) ?? context.active();

const HYPHENATED = ['trace-id', 'x-trace-id'] as const;

/**
 * The trace to join: `traceparent` when it is valid; else `trace-id` or `x-trace-id`, 32 hex digits or a UUID, which names a
 * trace but no span of it, so a span is made up as the parent; else none.
 */
export function parentOf(headers: Readonly<Record<string, string | string[] | undefined>>): Context {
  const { traceparent } = headers;
  if (typeof traceparent === 'string' && parseTraceparent(traceparent) !== undefined)
    return w3c.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  for (const name of HYPHENATED) {
    const given = headers[name];
    const traceId = typeof given === 'string' ? normaliseTraceId(given) : undefined;
    if (traceId === undefined) continue;
    const made = formatTraceparent({ traceId, spanId: randomBytes(8).toString('hex'), sampled: true });
    return w3c.extract(ROOT_CONTEXT, { traceparent: made }, defaultTextMapGetter);
  }
  return ROOT_CONTEXT;
}

/** A server span for every request, active in its hooks and its handler; answers carry the trace id as `x-trace-id`. */
export function traceHttp(http: FastifyInstance, tracer: Tracer): void {
  http.addHook('onRequest', (request, reply, done) => {
    if (isProbe(request)) {
      done();
      return;
    }
    const parent = parentOf(request.headers);
    const span = tracer.startSpan(
      `${request.method} ${request.routeOptions.url ?? 'unknown route'}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': request.method,
          'url.path': request.url.split('?', 1)[0] ?? '',
          ...(request.routeOptions.url === undefined ? {} : { 'http.route': request.routeOptions.url }),
        },
      },
      parent,
    );
    const active = trace.setSpan(parent, span);
    contexts.set(request, active);
    reply.header('x-trace-id', span.spanContext().traceId);
    onAnswerEnd(reply, () => {
      span.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(active, done);
  });
  // Reading a body leaves the asynchronous context of the first hook, so it is entered again.
  http.addHook('preValidation', (request, _reply, done) => context.with(traceContextOf(request), done));
}

/** `traceparent` of a request's server span, and its trace id. */
export function traceOf(request: FastifyRequest): { readonly traceId: string; readonly traceparent: string } {
  const active = activeTrace(traceContextOf(request));
  return { traceId: active?.traceId ?? '', traceparent: active === undefined ? '' : formatTraceparent(active) };
}
