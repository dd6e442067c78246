import type { FastifyInstance } from 'fastify';
import { Problem } from '../problems/problem.ts';

const RETRY_AFTER_SECONDS = '2';

/** Answers 503 with Retry-After to everything under `/api/` as long as `missing` says why nothing can be served. */
export function refuseUntilServing(http: FastifyInstance, missing: () => string | undefined): void {
  http.addHook('onRequest', (request, _reply, done) => {
    const reason = request.url.startsWith('/api/') ? missing() : undefined;
    if (reason === undefined) done();
    else
      done(
        new Problem(503, 'unavailable', 'This service does not serve yet', {
          detail: `Nothing was changed. It goes on by itself: ${reason}.`,
          headers: { 'retry-after': RETRY_AFTER_SECONDS },
        }),
      );
  });
}
