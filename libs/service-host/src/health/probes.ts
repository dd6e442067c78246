import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { hiddenSchema } from '../http/operation.ts';
import { redact } from '../logs/redact.ts';
import { readinessReport, type ReadinessContributor } from './readiness.ts';

const probe = () => ({ config: { probe: true }, schema: hiddenSchema() });

/** `/livez` (the process serves), `/readyz` (every part is ready: 200, else 503) and `/metrics`, all without credentials. */
export function serveProbes(
  http: FastifyInstance,
  metrics: Registry,
  contributors: () => readonly ReadinessContributor[],
): void {
  http.get('/livez', probe(), (_request, reply) => reply.header('cache-control', 'no-store').send({ live: true }));
  http.get('/readyz', probe(), async (_request, reply) => {
    const report = await readinessReport(contributors());
    return reply
      .header('cache-control', 'no-store')
      .status(report.ready ? 200 : 503)
      .send(redact(report));
  });
  http.get('/metrics', probe(), async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
