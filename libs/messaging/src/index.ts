export { connectBus, openBus, type Bus, type BusOptions, type BusStatus } from './bus/bus.ts';
export { inSpanOf, inSpansOf } from './bus/tracing.ts';
export { createNkeyUser, publicKeyOf, type NkeyUser } from './bus/nkeys.ts';
export { createMessagingMetrics, type MessagingMetrics } from './metrics.ts';
export { sourceOf, topology, type InventoryLimits, type Source, type Topology } from './provision/topology.ts';
export { redriveSourceOf } from './provision/plan.ts';
export { provision } from './provision/provision.ts';
export { natsServerConfig, type BusUsers, type NatsServerOptions } from './users/server-config.ts';
export { runRelay, type RelayOptions, type RelayStatus } from './relay/relay.ts';
export { runOutbox, type OutboxOptions, type OutboxStatus } from './outbox/run-outbox.ts';
export type { HeldMessage, OutboxStore, OutgoingMessage } from './outbox/outbox-store.ts';
export { toPublication, type PublicationDetails } from './relay/to-publication.ts';
export { JetStreamStrategy, type JetStreamStrategyOptions } from './consume/jetstream-strategy.ts';
export { FailureFilter } from './consume/failure-filter.ts';
export { createConsumer, type Consumer, type ConsumerOptions, type Occurrence } from './consume/consumer.ts';
export type { Delivery } from './consume/delivery.ts';
export { RETRY_POLICY, settle, type Outcome, type RetryPolicy, type Settlement } from './consume/settle.ts';
export { consumeBatches, type BatchItem, type BatchesOptions } from './consume/batches.ts';
export {
  discardDeadLetter,
  listDeadLetters,
  redriveDeadLetter,
  type DeadLetter,
  type ListOptions,
} from './dead-letters/dead-letters.ts';
export {
  createCredentialChannel,
  type CredentialChannel,
  type OnCredentialChange,
} from './credentials/credential-channel.ts';
