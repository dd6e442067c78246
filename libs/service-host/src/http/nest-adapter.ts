import { FastifyAdapter } from '@nestjs/platform-fastify';

/**
 * Nest's adapter for a Fastify that has its own answers to errors and unknown routes. Nest would set its own, which turn
 * Fastify's errors into exceptions that no longer say what was wrong.
 */
export class HostAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance();
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.getInstance();
  }
}
