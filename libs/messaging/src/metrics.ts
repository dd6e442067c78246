import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What this library counts. Label values are bounded: services, producers, event types, outcomes. */
export interface MessagingMetrics {
  /** Events that JetStream acknowledged to a relay. */
  readonly published: Counter<'producer'>;
  /** How far the stream is behind what the relay has handed over. */
  readonly relayInFlight: Gauge<'producer'>;
  /** 1 while the relay publishes, 0 while it waits or stands down. */
  readonly relayRunning: Gauge<'producer'>;
  /** How often JetStream had lost the end of its stream, which was published again. */
  readonly relayRewinds: Counter<'producer'>;
  /** Messages that came more than once. */
  readonly redelivered: Counter<'consumer'>;
  readonly parked: Counter<'consumer' | 'type'>;
  /** Types that nobody declared, acknowledged unread. */
  readonly unknown: Counter<'consumer'>;
  readonly handlerSeconds: Histogram<'consumer' | 'type' | 'outcome'>;
  /** Messages in the stream that the durable has not delivered yet. */
  readonly lag: Gauge<'consumer' | 'durable'>;
}

export function createMessagingMetrics(registry: Registry): MessagingMetrics {
  const registers = [registry];
  return {
    published: new Counter({
      name: 'mooring_relay_published_total',
      help: 'Events acknowledged by JetStream',
      labelNames: ['producer'],
      registers,
    }),
    relayInFlight: new Gauge({
      name: 'mooring_relay_in_flight',
      help: 'Events published and not yet acknowledged',
      labelNames: ['producer'],
      registers,
    }),
    relayRunning: new Gauge({
      name: 'mooring_relay_running',
      help: '1 while the relay publishes',
      labelNames: ['producer'],
      registers,
    }),
    relayRewinds: new Counter({
      name: 'mooring_relay_rewinds_total',
      help: 'Times that JetStream had lost its last messages, which were published again',
      labelNames: ['producer'],
      registers,
    }),
    redelivered: new Counter({
      name: 'mooring_messages_redelivered_total',
      help: 'Messages delivered more than once',
      labelNames: ['consumer'],
      registers,
    }),
    parked: new Counter({
      name: 'mooring_messages_parked_total',
      help: 'Messages put into the dead letters',
      labelNames: ['consumer', 'type'],
      registers,
    }),
    unknown: new Counter({
      name: 'mooring_messages_unknown_total',
      help: 'Messages of an undeclared type',
      labelNames: ['consumer'],
      registers,
    }),
    handlerSeconds: new Histogram({
      name: 'mooring_handler_seconds',
      help: 'Time in a message handler, one try',
      labelNames: ['consumer', 'type', 'outcome'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    lag: new Gauge({
      name: 'mooring_consumer_lag',
      help: 'Messages not yet delivered to the durable',
      labelNames: ['consumer', 'durable'],
      registers,
    }),
  };
}
