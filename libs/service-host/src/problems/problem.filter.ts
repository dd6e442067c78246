import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** What Nest catches, and what Fastify hands to Nest: controllers, hooks, parsers and unknown routes. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #send: (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void;
  readonly #allowedMethods: (path: string) => readonly string[];

  constructor(
    send: (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void,
    allowedMethods: (path: string) => readonly string[],
  ) {
    this.#send = send;
    this.#allowedMethods = allowedMethods;
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const unknownRoute = request.is404 && thrown instanceof NotFoundException;
    this.#send(unknownRoute ? noSuchRoute(request, this.#allowedMethods) : thrown, request, reply);
  }
}

function noSuchRoute(request: FastifyRequest, allowedMethods: (path: string) => readonly string[]): Problem {
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = allowedMethods(path);
  if (allowed.length === 0) return new Problem(404, 'no-such-path', 'There is nothing at this path');
  return new Problem(405, 'method-not-allowed', 'This method is not allowed here', {
    detail: `Allowed: ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}
