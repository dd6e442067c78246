import { secret, text, url } from '../config/keys.ts';

/**
 * The keys of a service that records events, by the upper-case name of the service: its database, the event store, the bus
 * and the installation it belongs to. The same names for every service, so that one can be set up like another.
 */
export const spineConfigSpec = (prefix: string) => ({
  databaseUrl: url({
    env: `${prefix}_DATABASE_URL`,
    protocols: ['postgres:', 'postgresql:'],
    credentials: true,
    description: "PostgreSQL database of this service alone, with the service's own user.",
  }),
  eventStoreUrl: url({
    env: `${prefix}_EVENTSTORE_URL`,
    protocols: ['esdb:', 'esdb+discover:'],
    credentials: true,
    description: 'Connection string of EventStoreDB, or of the event store node.',
  }),
  natsUrl: url({
    env: `${prefix}_NATS_URL`,
    protocols: ['nats:', 'tls:'],
    description: 'NATS server with JetStream.',
  }),
  natsSeed: secret({
    env: `${prefix}_NATS_SEED`,
    description: "Seed of the service's nkey user.",
  }),
  systemId: text({
    env: 'MOORING_SYSTEM_ID',
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    description: 'UUID of the installation; stands in every event as `systemid`.',
  }),
});
