import { Counter, Histogram } from 'prom-client';

/** Kept in prom-client's default registry. `outcome` is `done` or the code of the Failure. */
export const appendSeconds = new Histogram({
  name: 'mooring_event_store_append_seconds',
  help: 'Time until the outcome of an append was known',
  labelNames: ['outcome'] as const,
  buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
});

export const appendRepeats = new Counter({
  name: 'mooring_event_store_append_repeats_total',
  help: 'Times an append was sent again because its outcome was not known',
});
