import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logs/logger.ts';
import { sendProblem } from './send-problem.ts';

/** Answers what a controller throws; what Fastify refuses before that goes the same way without Nest. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(this.#log, thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
