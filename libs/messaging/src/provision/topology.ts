import { PRODUCERS, SUBSCRIPTIONS, durableOf, streamOf, type Producer, type Subscription } from '@mooring/contracts';

/** Who publishes and who listens: what the provisioner makes and every permission follows from. */
export interface Topology {
  readonly producers: readonly Producer[];
  readonly subscriptions: readonly Subscription[];
  readonly inventory: InventoryLimits;
}

/** What the stream of inventory changes keeps; beyond either, the oldest go. */
export interface InventoryLimits {
  readonly ageMsMax: number;
  /** As JetStream counts them. Where the disk of nats-server has less room, it is halved until it fits. */
  readonly bytesMax: number;
}

const INVENTORY_LIMITS: InventoryLimits = { ageMsMax: 24 * 60 * 60 * 1_000, bytesMax: 1024 ** 3 };

/** The one that `@mooring/contracts` declares. The inventory's stream keeps a day and 1 GiB unless told. */
export const topology = (inventory: Partial<InventoryLimits> = {}): Topology => ({
  producers: PRODUCERS,
  subscriptions: SUBSCRIPTIONS,
  inventory: { ...INVENTORY_LIMITS, ...inventory },
});

/** Where a consumer reads: one durable of one stream. */
export interface Source {
  readonly consumer: string;
  readonly stream: string;
  readonly durable: string;
  /** Whether its sequences have no gaps: true for a producer's stream, false for what is redriven. */
  readonly gapless: boolean;
}

export const sourceOf = (subscription: Subscription): Source => ({
  consumer: subscription.consumer,
  stream: streamOf(subscription.producer),
  durable: durableOf(subscription),
  gapless: true,
});

export const consumersOf = ({ subscriptions }: Topology): readonly string[] => [
  ...new Set(subscriptions.map(({ consumer }) => consumer)),
];
