import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { isUuid, randomUuid } from '@mooring/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '../problems/problem.ts';
import { traceOf } from '../tracing/http-tracing.ts';
import { onAnswerEnd } from './answer-end.ts';
import { USER_HEADER } from './internal-auth.ts';

/** What a handler needs to know about the call beyond its parameters. */
export interface RequestContext {
  /** UUID of the person, as the gateway says. */
  readonly userId: string;
  /** UUID of the user-level operation: header `X-Correlation-Id` when it is a UUID, else a new one. */
  readonly correlationId: string;
  /** Header `Idempotency-Key`: 1 to 255 visible ASCII characters; anything else is answered 400. */
  readonly idempotencyKey: string | undefined;
  /** 32 hex digits: the trace of this request. */
  readonly traceId: string;
  /** `traceparent` of this request's server span, for what is stored or sent on. */
  readonly traceparent: string;
  /** Aborts when the caller leaves before the answer is complete. */
  readonly signal: AbortSignal;
}

const signals = new WeakMap<FastifyRequest, AbortSignal>();

/** Gives every request a signal that aborts when its caller leaves early. */
export function watchCallers(http: FastifyInstance): void {
  http.addHook('onRequest', (request, reply, done) => {
    signals.set(request, signalOf(reply));
    done();
  });
}

function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  onAnswerEnd(reply, (complete) => {
    if (!complete) controller.abort();
  });
  return controller.signal;
}

/** Aborts when the caller leaves before the answer is complete; for routes that have no {@link RequestContext}. */
export const callerSignal = (request: FastifyRequest): AbortSignal =>
  signals.get(request) ?? new AbortController().signal;

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The headers of a {@link RequestContext} that commands take, for their {@link Operation}. */
export const CommandHeaders = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      pattern: IDEMPOTENCY_KEY.source,
      description: 'Makes a repeat safe: it answers what the first one recorded. 1 to 255 visible ASCII characters.',
    }),
  ),
  'X-Correlation-Id': Type.Optional(
    Type.String({ description: 'UUID of the operation this is a part of; anything else is as if it were not there.' }),
  ),
});

const refuseHeader = (header: string, detail: string): Problem =>
  new Problem(400, 'invalid-request', 'The request is not as this operation wants it', {
    detail: `${header} ${detail}`,
    errors: [{ header, detail }],
  });

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !IDEMPOTENCY_KEY.test(given))
    throw refuseHeader('Idempotency-Key', 'must be 1 to 255 visible ASCII characters');
  return given;
}

function userIdOf(request: FastifyRequest): string {
  const userId = request.headers[USER_HEADER];
  if (typeof userId !== 'string' || !isUuid(userId)) throw refuseHeader(USER_HEADER, 'must be the UUID of a user');
  return userId.toLowerCase();
}

const contexts = new WeakMap<FastifyRequest, RequestContext>();

/** The context of a call; the same object at every asking. Throws a 400 {@link Problem} when a header is wrong. */
export function requestContext(request: FastifyRequest): RequestContext {
  const known = contexts.get(request);
  if (known !== undefined) return known;
  const correlationId = request.headers['x-correlation-id'];
  const made: RequestContext = {
    userId: userIdOf(request),
    correlationId:
      typeof correlationId === 'string' && isUuid(correlationId) ? correlationId.toLowerCase() : randomUuid(),
    idempotencyKey: idempotencyKeyOf(request),
    ...traceOf(request),
    signal: callerSignal(request),
  };
  contexts.set(request, made);
  return made;
}

/** Parameter of a controller's method: the call's {@link RequestContext}. */
export const Caller = createParamDecorator((_data: unknown, host: ExecutionContext): RequestContext =>
  requestContext(host.switchToHttp().getRequest<FastifyRequest>()),
);
