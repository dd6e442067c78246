import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logs/logger.ts';
import { traceOf } from '../tracing/http-tracing.ts';
import { PROBLEM_MEDIA_TYPE, problemBody } from './problem-body.ts';
import { toProblem } from './to-problem.ts';

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

/**
 * Answers whatever was thrown while a request was served, and logs it when it is our fault (5xx). When the answer has begun
 * already, as for a stream, the connection is cut: a cut stream cannot be taken for a complete one.
 */
export function sendProblem(log: Logger, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(thrown);
  const { traceId } = traceOf(request);
  const about = {
    err: thrown,
    traceId,
    method: request.method,
    route: request.routeOptions.url,
    status: problem.status,
  };
  if (problem.code === 'internal-error' || problem.code === 'corrupt') log.error(about, 'request failed');
  else if (problem.status >= 500) log.warn(about, 'request failed');
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  void reply
    .status(problem.status)
    .headers({ ...problem.options.headers, 'cache-control': 'no-store' })
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemBody(problem, pathOf(request), traceId)));
}
