import { PRODUCERS, SUBSCRIPTIONS, durableOf, streamOf, type Producer, type Subscription } from '@mooring/contracts';

/** Who publishes and who listens: what the provisioner makes and every permission follows from. */
export interface Topology {
  readonly producers: readonly Producer[];
  readonly subscriptions: readonly Subscription[];
}

/** The one that `@mooring/contracts` declares. */
export const topology = (): Topology => ({ producers: PRODUCERS, subscriptions: SUBSCRIPTIONS });

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
