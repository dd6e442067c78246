/**
 * Who publishes, who listens. One JetStream stream per producer, upper case; one durable consumer per pair,
 * `<consumer>-from-<producer>`. The provisioner makes exactly this, and every NATS permission follows from it.
 */
export const PRODUCERS = ['connections', 'discovery', 'notifications'] as const;
export type Producer = (typeof PRODUCERS)[number];

export interface Subscription {
  readonly consumer: string;
  readonly producer: Producer;
}

export const SUBSCRIPTIONS: readonly Subscription[] = [
  { consumer: 'connections', producer: 'connections' },
  { consumer: 'connections', producer: 'discovery' },
  { consumer: 'discovery', producer: 'connections' },
  { consumer: 'notifications', producer: 'connections' },
  { consumer: 'notifications', producer: 'discovery' },
  { consumer: 'notifications', producer: 'notifications' },
];

export const streamOf = (producer: Producer): string => producer.toUpperCase();

export const durableOf = ({ consumer, producer }: Subscription): string => `${consumer}-from-${producer}`;

/**
 * What changes in the clusters, in numbered batches: high volume, so the stream is limited by age and size, and no service's event log
 * has it. It holds `events.inventory.>`, and one service publishes to it.
 */
export const INVENTORY_STREAM = 'INVENTORY';
export const INVENTORY_CONTEXT = 'inventory';
export const INVENTORY_PRODUCER: Producer = 'discovery';

export const DEAD_LETTER_STREAM = 'DEAD_LETTERS';

/** The key-value bucket that carries encrypted credentials from connections to discovery. */
export const CREDENTIAL_BUCKET = 'CREDENTIALS';
