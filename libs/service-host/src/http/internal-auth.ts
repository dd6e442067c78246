import type { FastifyInstance } from 'fastify';
import type { Secret } from '../config/secret.ts';
import { Problem } from '../problems/problem.ts';
import { isProbe } from './probe.ts';

/** The header by which the gateway proves itself to the services. */
export const INTERNAL_HEADER = 'x-mooring-internal';
/** The header by which the gateway says for whom it asks: a UUID. */
export const USER_HEADER = 'x-mooring-user';

/** Everything but the probes is answered only to who knows the secret that the gateway and the services share. */
export function requireGateway(http: FastifyInstance, secret: Secret): void {
  http.addHook('onRequest', (request, _reply, done) => {
    const given = request.headers[INTERNAL_HEADER];
    if (isProbe(request) || (typeof given === 'string' && secret.equals(given))) done();
    else
      done(
        new Problem(401, 'not-the-gateway', 'Only the gateway may ask', {
          detail: 'Ask the gateway instead; services answer nobody else.',
        }),
      );
  });
}
