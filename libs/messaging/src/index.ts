export { connectBus, type Bus, type BusOptions, type BusStatus } from './bus/bus.ts';
export { createNkeyUser, publicKeyOf, type NkeyUser } from './bus/nkeys.ts';
export { createMessagingMetrics, type MessagingMetrics } from './metrics.ts';
export { sourceOf, topology, type Source, type Topology } from './provision/topology.ts';
export { redriveSourceOf } from './provision/plan.ts';
export { provision } from './provision/provision.ts';
export { natsServerConfig, type BusUsers, type NatsServerOptions } from './users/server-config.ts';
export { runRelay, type RelayOptions, type RelayStatus } from './relay/relay.ts';
export { toPublication, type PublicationDetails } from './relay/to-publication.ts';
