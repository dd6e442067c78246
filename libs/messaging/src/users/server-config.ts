import type { Topology } from '../provision/topology.ts';
import {
  operatorPermissions,
  provisionerPermissions,
  readerPermissions,
  servicePermissions,
  type Permissions,
} from './permissions.ts';

/** The public keys of everybody who may connect. */
export interface BusUsers {
  /** By service name. */
  readonly services: Readonly<Record<string, string>>;
  readonly provisioner: string;
  readonly operator: string;
  /** Outside systems by name; the name is also that of their consumers, so it must be no service's. */
  readonly readers?: Readonly<Record<string, string>>;
}

export interface NatsServerOptions {
  readonly host?: string;
  /** Where it listens, 0 to 65535; unless told here, on the command line. */
  readonly port?: number;
  /** For `/healthz` and the like; not served without it. */
  readonly monitorPort?: number;
  /** Absolute path of the folder that JetStream keeps everything in; unless told here, on the command line. */
  readonly storeFolder?: string;
  readonly users: BusUsers;
  readonly topology: Topology;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}

/** One event may carry 1 MiB of data in the event store; the envelope and headers come on top. */
const PAYLOAD_BYTES_MAX = 4 * 1024 * 1024;

/** A client on a busy machine needs more than the 2 seconds that the server gives unless told. */
const AUTHORIZATION_TIMEOUT_SECONDS = 10;

const PUBLIC_KEY = /^U[A-Z2-7]{55}$/;
const NAME = /^[a-z][a-z0-9_-]*$/;

const quoted = (text: string): string => JSON.stringify(text);

const list = (subjects: readonly string[], indent: string): string =>
  subjects.map((subject) => `${indent}${quoted(subject)}`).join('\n');

function userBlock(name: string, publicKey: string, { publish, subscribe }: Permissions): string {
  if (!PUBLIC_KEY.test(publicKey)) throw new Error(`the key of NATS user "${name}" is not a public user key (U…)`);
  return `    { # ${name}
      nkey: ${publicKey}
      permissions: {
        publish: { allow: [
${list(publish, '          ')}
        ] }
        subscribe: { allow: [
${list(subscribe, '          ')}
        ] }
      }
    }`;
}

function userBlocks(users: BusUsers, topology: Topology): readonly string[] {
  const readers = Object.entries(users.readers ?? {});
  const services = Object.entries(users.services);
  for (const [name] of [...services, ...readers])
    if (!NAME.test(name)) throw new Error(`"${name}" cannot name a NATS user: lower-case letters, digits, - and _`);
  const taken = new Set([...services.map(([name]) => name), ...topology.subscriptions.map(({ consumer }) => consumer)]);
  for (const [name] of readers) if (taken.has(name)) throw new Error(`reader "${name}" has the name of a service`);
  return [
    ...services.map(([name, key]) => userBlock(name, key, servicePermissions(name, topology))),
    userBlock('provisioner', users.provisioner, provisionerPermissions),
    userBlock('operator', users.operator, operatorPermissions),
    ...readers.map(([name, key]) => userBlock(`reader ${name}`, key, readerPermissions(name, topology))),
  ];
}

/** The text of a configuration file for nats-server 2.12 or newer. Throws for a key or name that could not stand in one. */
export function natsServerConfig(options: NatsServerOptions): string {
  const { host = '127.0.0.1', port, monitorPort, storeFolder, users, topology, tls } = options;
  const settings = [
    'server_name: mooring',
    ...(port === undefined ? [] : [`listen: ${quoted(`${host}:${port}`)}`]),
    ...(monitorPort === undefined ? [] : [`http: ${quoted(`127.0.0.1:${monitorPort}`)}`]),
    `max_payload: ${PAYLOAD_BYTES_MAX}`,
    storeFolder === undefined ? 'jetstream: enabled' : `jetstream: { store_dir: ${quoted(storeFolder)} }`,
    ...(tls === undefined
      ? []
      : [`tls: { cert_file: ${quoted(tls.certificateFile)}, key_file: ${quoted(tls.keyFile)} }`]),
  ];
  return `${settings.join('\n')}
authorization: {
  timeout: ${AUTHORIZATION_TIMEOUT_SECONDS}
  users: [
${userBlocks(users, topology).join('\n')}
  ]
}
`;
}
