import { Counter, Gauge, Histogram } from 'prom-client';

/** Kept in prom-client's default registry. Label `projection` is its name. */
export const batchEvents = new Histogram({
  name: 'mooring_projection_batch_events',
  help: 'Events per committed batch',
  labelNames: ['projection'] as const,
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
});

export const batchSeconds = new Histogram({
  name: 'mooring_projection_batch_seconds',
  help: 'Time to commit a batch, waiting for the checkpoint included',
  labelNames: ['projection'] as const,
  buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
});

export const skippedEvents = new Counter({
  name: 'mooring_projection_skipped_events_total',
  help: 'Events that another instance had applied already',
  labelNames: ['projection'] as const,
});

export const behindSeconds = new Gauge({
  name: 'mooring_projection_behind_seconds',
  help: 'Age of the newest event applied while not live; 0 when live',
  labelNames: ['projection'] as const,
});
