import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked by machines without credentials, and not worth a span: `/livez`, `/readyz`, `/metrics`. */
    probe?: boolean;
  }
}

export const isProbe = (request: FastifyRequest): boolean => request.routeOptions.config.probe === true;
