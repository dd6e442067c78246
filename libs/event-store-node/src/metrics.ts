import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface MetricSources {
  readonly lastPosition: () => number;
  readonly openCalls: () => number;
  readonly subscriptions: () => number;
  readonly bytesInFlight: () => number;
}

export interface NodeMetrics {
  /** After each commit. */
  committed(commands: number, milliseconds: number): void;
  /** The Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Metrics in a registry of their own, so that several nodes may live in one process. */
export function createNodeMetrics(sources: MetricSources): NodeMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const commands = new Counter({
    name: 'event_store_commands_total',
    help: 'Appends, deletes and tombstones that were answered after a commit',
    registers,
  });
  const commit = new Histogram({
    name: 'event_store_commit_seconds',
    help: 'Duration of one commit, with its sync',
    buckets: [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('event_store_last_position', 'Position of the newest event', sources.lastPosition);
  gauge('event_store_open_calls', 'gRPC calls that are open', sources.openCalls);
  gauge('event_store_subscriptions', 'Subscriptions that are open', sources.subscriptions);
  gauge('event_store_bytes_in_flight', 'Of appends that came in and were not answered', sources.bytesInFlight);
  return {
    committed(count, milliseconds) {
      commands.inc(count);
      commit.observe(milliseconds / 1000);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
