import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkoutFolder,
  ensureEngine,
  startNatsServer,
  startPostgres,
  startProcess,
  type EngineProcess,
} from '@mooring/engines';
import { secureConnectionString } from '@mooring/event-store';
import { Failure } from '@mooring/kernel';
import { natsServerConfig, topology } from '@mooring/messaging';
import type { EventStoreSecrets } from './event-store-secrets.ts';
import { passedOn, systemEnvironment } from './environment.ts';
import { lastWordsOf } from './last-words.ts';
import type { Logs } from './logs.ts';
import { PORTS, PORTS_OF_DEMO, type Options } from './options.ts';
import type { Ports } from './ports.ts';
import { NATS_SERVICES, type Secrets } from './secrets.ts';
import { untilRoom } from './room.ts';
import type { Component } from './supervisor.ts';
import { createWriteErrorWatch } from './write-errors.ts';

export interface Installation {
  readonly options: Options;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly eventStore: EventStoreSecrets;
  readonly logs: Logs;
}

export const natsUrl = ({ ports }: Installation): string => `nats://127.0.0.1:${ports.nats}`;
export const gatewayUrl = ({ ports }: Installation): string => `http://127.0.0.1:${ports.gateway}`;
export const superuserUrl = ({ ports, secrets }: Installation): string =>
  `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${ports.postgres}/postgres`;
/** What the event store is reached by, as its client warns of addresses. */
export const EVENT_STORE_HOST = 'localhost';
/** With the password of the account. */
export const eventStoreUrl = ({ ports, eventStore }: Installation, login: string): string =>
  secureConnectionString(
    `${EVENT_STORE_HOST}:${ports.eventStore}`,
    { login, password: eventStore.passwordOf(login) },
    eventStore.caFile,
  );
export const eventStoreHttpUrl = ({ ports }: Installation): string =>
  `https://${EVENT_STORE_HOST}:${ports.eventStoreHttp}`;
const demoKubeconfig = ({ options }: Installation): string => join(options.dataFolder, 'demo', 'kubeconfig.yaml');

const program = (folder: string): string => join(checkoutFolder(), folder, 'dist/src/main.js');

/** The engines, in the order of starting; nothing depends on that order but the provisioning that follows. */
export function engineComponents(installation: Installation, say: (message: string) => void): readonly Component[] {
  const { options, ports, secrets, eventStore, logs } = installation;
  const given = settingsGiven(installation);
  const folder = (name: string): string => join(options.dataFolder, name);
  // An engine on a full disk would die again and again until everything is given up; with room it goes on where it stopped.
  const withRoom = ({ name, start }: Component): Component => ({
    name,
    start: async (onSpawn, stopping) => {
      await untilRoom({ folder: folder(name), name, say, signal: stopping });
      return start(onSpawn, stopping);
    },
  });
  const engines: readonly Component[] = [
    {
      name: 'nats',
      start: async (onSpawn, stopping) => {
        const config = natsServerConfig({
          port: ports.nats,
          topology: topology(),
          users: {
            services: Object.fromEntries(NATS_SERVICES.map((service) => [service, secrets.natsPublicKey(service)])),
            provisioner: secrets.natsPublicKey('provisioner'),
            operator: secrets.natsPublicKey('operator'),
            readers: secrets.readers,
          },
        });
        const write = logs.of('nats');
        const errors = createWriteErrorWatch({ folder: folder('nats'), name: 'nats', say, signal: stopping });
        const log = (line: string): void => {
          write(line);
          errors.onLine(line);
        };
        const server = await startNatsServer({ dataFolder: folder('nats'), port: ports.nats, config, log, onSpawn });
        errors.watch(server);
        return server;
      },
    },
    {
      name: 'postgres',
      start: (onSpawn) =>
        startPostgres({
          dataFolder: folder('postgres'),
          port: ports.postgres,
          password: secrets.postgresPassword,
          settings: { max_connections: '200', shared_buffers: '64MB' },
          log: logs.of('postgres'),
          onSpawn,
        }),
    },
    {
      name: 'event-store',
      start: (onSpawn) =>
        startNode('event-store', program('libs/event-store-node'), {
          args: [
            ...['--port', String(ports.eventStore), '--http-port', String(ports.eventStoreHttp)],
            ...['--tls-certificate', eventStore.serverFile, '--tls-private-key', eventStore.serverFile],
            ...['--data', folder('event-store')],
          ],
          env: {
            EVENTSTORE_NODE_FIRST_PASSWORD: eventStore.adminPassword,
            ...given[EVENT_STORE_NODE],
          },
          logs,
          isReady: (line) => line.includes('"ready":true'),
          onSpawn,
        }),
    },
  ];
  return engines.map(withRoom);
}

/** The services; they find each other by the bus, so none waits for another. */
export function serviceComponents(
  installation: Installation,
  onLine: (name: string, line: string) => void,
): readonly Component[] {
  const { ports, logs } = installation;
  const environments = serviceEnvironments(installation);
  const given = settingsGiven(installation);
  return Object.entries(environments).map(([name, env]) => ({
    name,
    start: (onSpawn) =>
      startNode(name, program(`services/${name}`), {
        args: [],
        env: { MOORING_HTTP_PORT: String(ports[name as keyof Ports]), ...env, ...given[name] },
        logs,
        onLine: (line) => onLine(name, line),
        // It may wait for an engine that is away for as long as that takes; whether it serves is asked for at the gateway.
        isReady: (line) => line.includes('"msg":"listening"'),
        onSpawn,
      }),
  }));
}

/** The event store node, as its settings are called. */
const EVENT_STORE_NODE = 'eventstore_node';

const settingsGiven = (installation: Installation): ReturnType<typeof passedOn> =>
  passedOn(process.env, [...Object.keys(serviceEnvironments(installation)), EVENT_STORE_NODE]);

function serviceEnvironments(installation: Installation): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const { options, ports, secrets } = installation;
  const host = {
    MOORING_INTERNAL_SECRET_FILE: secrets.internalSecretFile,
    ...(options.otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpEndpoint }),
  };
  const spine = (service: (typeof NATS_SERVICES)[number]): Record<string, string> => {
    const prefix = service.toUpperCase();
    return {
      ...host,
      MOORING_SYSTEM_ID: secrets.systemId,
      [`${prefix}_DATABASE_URL`]: `postgres://${service}:${secrets.databasePassword(service)}@127.0.0.1:${ports.postgres}/${service}`,
      [`${prefix}_EVENTSTORE_URL`]: eventStoreUrl(installation, service),
      [`${prefix}_NATS_URL`]: natsUrl(installation),
      [`${prefix}_NATS_SEED_FILE`]: secrets.natsSeedFile(service),
    };
  };
  const kubeconfig = options.demo ? demoKubeconfig(installation) : options.kubeconfig;
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    connections: {
      ...spine('connections'),
      CONNECTIONS_CREDENTIAL_KEY_FILE: secrets.credentialKeyFile,
      CONNECTIONS_DISCOVERY_PUBLIC_KEY_FILE: secrets.discoveryPublicKeyFile,
      ...(kubeconfig === undefined ? {} : { CONNECTIONS_STARTUP_KUBECONFIG: kubeconfig }),
      ...(options.allow.length === 0 ? {} : { CONNECTIONS_STARTUP_ALLOW: options.allow.join(',') }),
    },
    discovery: { ...spine('discovery'), DISCOVERY_CREDENTIAL_KEY_FILE: secrets.discoveryPrivateKeyFile },
    notifications: spine('notifications'),
    console: host,
    gateway: {
      ...host,
      GATEWAY_TOKEN_FILE: secrets.tokenFile,
      GATEWAY_USER_ID: secrets.userId,
      GATEWAY_CONNECTIONS_URL: url(ports.connections),
      GATEWAY_DISCOVERY_URL: url(ports.discovery),
      GATEWAY_NOTIFICATIONS_URL: url(ports.notifications),
      GATEWAY_CONSOLE_URL: url(ports.console),
    },
  };
}

/** Simulated clusters, on ports behind those of the installation. */
export function demoComponent(installation: Installation): Component {
  const { options, ports, logs } = installation;
  mkdirSync(join(options.dataFolder, 'demo'), { recursive: true, mode: 0o700 });
  return {
    name: 'demo',
    start: (onSpawn) =>
      startNode('demo', program('tools/kube-sim'), {
        args: [
          ...['--clusters', String(PORTS_OF_DEMO - PORTS), '--port', String(ports.demo + 1)],
          ...['--control-port', String(ports.demo)],
          ...['--kubeconfig-out', demoKubeconfig(installation)],
        ],
        env: {},
        logs,
        isReady: (line) => line === 'kube-sim is ready',
        onSpawn,
      }),
  };
}

interface NodeProgram {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logs: Logs;
  readonly onLine?: (line: string) => void;
  readonly isReady: (line: string) => boolean;
  readonly onSpawn: (process: EngineProcess) => void;
}

/**
 * As in `docker-compose.yml`. Left alone, V8 lets the young generation grow to 32 MB while a program loads, and an idle process keeps it: a
 * third of what it takes.
 */
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=8'];

async function startNode(what: string, file: string, options: NodeProgram): Promise<EngineProcess> {
  const { args, env, logs, onLine, isReady, onSpawn } = options;
  const write = logs.of(what);
  const { process: started } = await startProcess({
    what,
    program: process.execPath,
    args: [...NODE_FLAGS, file, ...args],
    env: { ...systemEnvironment(process.env), NODE_NO_WARNINGS: '1', ...env },
    readyWhen: (line) => (isReady(line) ? true : undefined),
    explain: (lines) => new Failure('unavailable', `${what} ended before it was ready: ${lastWordsOf(lines)}`),
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 15_000,
    log: (line) => {
      write(line);
      onLine?.(line);
    },
    onSpawn,
  });
  return started;
}

/** Finds or builds what has to be there before anything is started. */
export async function ensureEngines(say: (message: string) => void): Promise<void> {
  for (const name of ['nats-server', 'postgres'] as const) await ensureEngine(name, { progress: say });
}
