import type { FastifyInstance } from 'fastify';
import { METHODS } from 'node:http';

/** Lets `all` take each method that Node's parser knows, with a body; `CONNECT` never comes as a request. */
export function acceptEveryMethod(http: FastifyInstance): void {
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !http.supportedMethods.includes(method)) http.addHttpMethod(method, { hasBody: true });
  }
}
