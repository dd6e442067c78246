import { readFileSync } from 'node:fs';
import { secureConnectionString } from '@mooring/event-store';
import { natsServerConfig, topology } from '@mooring/messaging';
import type { EventStoreSecrets } from './event-store-secrets.ts';
import { NATS_SERVICES, type Secrets } from './secrets.ts';

/** Where the engines are for those who use them, each as `host:port`. */
export interface Places {
  readonly nats: string;
  readonly postgres: string;
  readonly eventStore: string;
}

/** Where a process finds its files, wherever it runs. */
export interface Folders {
  /** Of what is handed out to it. */
  readonly handOut: string;
  /** Of what NATS stores. */
  readonly natsStore: string;
}

/** Files by name, with what they hold. */
export type Files = Readonly<Record<string, string>>;

/** The public keys of everybody on the bus. */
const busUsers = (secrets: Secrets) => ({
  services: Object.fromEntries(NATS_SERVICES.map((service) => [service, secrets.natsPublicKey(service)])),
  provisioner: secrets.natsPublicKey('provisioner'),
  operator: secrets.natsPublicKey('operator'),
  readers: secrets.readers,
});

const variables = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/**
 * What each process of an installation may know, by process: the files of the services and of the engines, where they run apart from each
 * other and one folder of secrets for all would tell too much. `environment` holds variables, as `node --env-file` reads them.
 */
export function handOut(
  secrets: Secrets,
  eventStore: EventStoreSecrets,
  { places, folders }: { readonly places: Places; readonly folders: Folders },
): Readonly<Record<string, Files>> {
  const file = (path: string): string => readFileSync(path, 'utf8');
  const host: Files = { 'internal.secret': file(secrets.internalSecretFile) };
  const spine = (service: (typeof NATS_SERVICES)[number]): Files => ({
    ...host,
    environment: variables({ MOORING_SYSTEM_ID: secrets.systemId }),
    'database.url': `postgres://${service}:${secrets.databasePassword(service)}@${places.postgres}/${service}\n`,
    'event-store.url': `${secureConnectionString(places.eventStore, { login: service, password: eventStore.passwordOf(service) }, `${folders.handOut}/event-store-ca.crt`)}\n`,
    'event-store-ca.crt': eventStore.caPem,
    'nats.seed': file(secrets.natsSeedFile(service)),
  });
  const [, natsPort = ''] = places.nats.split(':');
  return {
    connections: {
      ...spine('connections'),
      'credential.key': file(secrets.credentialKeyFile),
      'discovery.public.jwk': file(secrets.discoveryPublicKeyFile),
    },
    discovery: { ...spine('discovery'), 'discovery.private.jwk': file(secrets.discoveryPrivateKeyFile) },
    notifications: spine('notifications'),
    console: host,
    gateway: {
      ...host,
      environment: variables({ GATEWAY_USER_ID: secrets.userId }),
      'gateway.token': file(secrets.tokenFile),
    },
    nats: {
      'nats-server.conf': natsServerConfig({
        host: '0.0.0.0',
        port: Number(natsPort),
        monitorPort: 8222,
        storeFolder: folders.natsStore,
        topology: topology(),
        users: busUsers(secrets),
      }),
    },
    postgres: { 'postgres.password': secrets.postgresPassword },
    'event-store': {
      'admin.password': eventStore.adminPassword,
      'ops.password': eventStore.opsPassword,
      'event-store.crt': eventStore.server.certPem,
      'event-store.key': eventStore.server.keyPem,
      // A folder of its own: the server takes every file in it for an authority that it trusts.
      'authorities/ca.crt': eventStore.caPem,
    },
  };
}
