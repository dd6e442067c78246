import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { redact } from '../logs/redact.ts';
import { readinessReport, type ReadinessContributor } from './readiness.ts';

const PROBE = { config: { probe: true }, schema: { hide: true } } as const;

/** `/livez` (the process serves), `/readyz` (every part is ready: 200, else 503) and `/metrics`, all without credentials. */
export function serveProbes(
  http: FastifyInstance,
  metrics: Registry,
  contributors: () => readonly ReadinessContributor[],
): void {
  http.get('/livez', PROBE, (_request, reply) => reply.header('cache-control', 'no-store').send({ live: true }));
  http.get('/readyz', PROBE, async (_request, reply) => {
    const report = await readinessReport(contributors());
    return reply
      .header('cache-control', 'no-store')
      .status(report.ready ? 200 : 503)
      .send(redact(report));
  });
  http.get('/metrics', PROBE, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
}
