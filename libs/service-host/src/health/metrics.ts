import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { onAnswerEnd } from '../http/answer-end.ts';

const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A service's own registry, with the process metrics; every series is labelled with the service. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Counts and times requests by method, route pattern (never the path: it has ids) and status. */
export function measureHttp(http: FastifyInstance, metrics: Registry): void {
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'From the request line to the end of the answer, or to where the caller left.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
    registers: [metrics],
  });
  http.addHook('onRequest', (request, reply, done) => {
    const stop = duration.startTimer();
    onAnswerEnd(reply, () => {
      stop({ method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) });
    });
    done();
  });
}
