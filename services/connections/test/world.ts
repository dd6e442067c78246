import { encodeStructured, relaySubject, type CloudEvent, type EventType } from '@mooring/contracts';
import { createEventStore, load, type EventStore, type StoredEvent } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import {
  connectBus,
  createCredentialChannel,
  createNkeyUser,
  listDeadLetters,
  natsServerConfig,
  provision,
  topology,
  toPublication,
  type Bus,
  type CredentialChannel,
  type DeadLetter,
} from '@mooring/messaging';
import { openDatabase, type Database } from '@mooring/read-model';
import { Secret, startInProcess, type ConfigOf, type InProcessService } from '@mooring/service-host';
import {
  eventually,
  startTestEventStore,
  startTestNats,
  startTestPostgres,
  temporaryFolder,
  type TestEventStore,
  type TestNats,
} from '@mooring/testing';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSealing, type Sealing } from '../src/adapters/sealing.ts';
import type { ConnectionsDatabase } from '../src/adapters/tables.ts';
import { createVault, type Vault } from '../src/adapters/vault.ts';
import { connections } from '../src/aggregates.ts';
import type { ConnectionEvent } from '../src/domain/connection.ts';
import type { configSpec } from '../src/config.ts';
import { connectionsService } from '../src/service.ts';

type ConnectionsConfig = ConfigOf<typeof configSpec>;

/** The fields of a fact of discovery. */
export type ObservedData = Readonly<Record<string, unknown>> & { readonly connectionId: string };

/** What connections lives in: real engines, and in place of discovery a hand that says what it would say. */
export interface World extends AsyncDisposable {
  readonly nats: TestNats;
  readonly eventStoreNode: TestEventStore;
  readonly store: EventStore;
  readonly db: Database<ConnectionsDatabase>;
  readonly vault: Vault;
  readonly sealing: Sealing;
  /** As the service itself sees it. */
  readonly channel: CredentialChannel;
  /** Opens what discovery gets. */
  readonly privateKey: CryptoKey;
  readonly databaseUrl: string;
  start(changes?: Partial<ConnectionsConfig>, options?: { readonly untilServing?: boolean }): Promise<InProcessService>;
  /** A fact of discovery, as its own user publishes it: stored when this resolves. */
  say(type: EventType, data: ObservedData, event?: Partial<CloudEvent>): Promise<void>;
  /** Anything at all, as discovery's user. */
  sayBytes(subject: string, bytes: Uint8Array): Promise<void>;
  deadLetters(): Promise<readonly DeadLetter[]>;
  eventsOf(connectionId: string): Promise<readonly StoredEvent<ConnectionEvent>[]>;
  /** The types of a connection's events, as soon as the last one is of `last`. */
  until(connectionId: string, last: ConnectionEvent['type']): Promise<readonly string[]>;
}

const USERS = ['connections', 'discovery', 'provisioner', 'operator'] as const;

async function startBus() {
  const keys = Object.fromEntries(USERS.map((name) => [name, createNkeyUser()])) as Record<
    (typeof USERS)[number],
    ReturnType<typeof createNkeyUser>
  >;
  const nats = await startTestNats({
    config: natsServerConfig({
      topology: topology(),
      users: {
        services: { connections: keys.connections.publicKey, discovery: keys.discovery.publicKey },
        provisioner: keys.provisioner.publicKey,
        operator: keys.operator.publicKey,
      },
    }),
  });
  const connect = (name: (typeof USERS)[number]): Promise<Bus> =>
    connectBus({ servers: nats.url, name, user: keys[name] });
  await using provisioner = await connect('provisioner');
  await provision(provisioner, topology());
  return { nats, keys, connect };
}

/** A fact of discovery's as its relay would publish it. */
export function factOf(eventType: EventType, data: ObservedData): CloudEvent {
  const { connectionId } = data;
  const stored: StoredEvent = {
    id: randomUuid(),
    type: eventType.stored,
    data,
    streamName: `watch-${connectionId}`,
    revision: 0n,
    position: 0n,
    recordedAt: new Date(),
    metadata: { $correlationId: randomUuid(), schemaVersion: 1, systemId: randomUuid(), traceparent: '' },
  };
  const narrative = { summary: eventType.stored, message: eventType.stored };
  return toPublication(eventType, stored, {
    producer: 'discovery',
    subject: connectionId,
    severity: 'informational',
    narrative,
  });
}

export async function startWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const { nats, keys, connect } = await startBus();
  stack.use(nats);
  const node = stack.use(await startTestEventStore({ slowSubscribers: 'disconnect' }));
  const postgres = stack.use(await startTestPostgres());
  const { url: databaseUrl } = await postgres.createDatabase();
  const store = stack.use(createEventStore({ connectionString: node.connectionString }));
  const db = stack.use(openDatabase<ConnectionsDatabase>({ url: databaseUrl }));
  const discovery = stack.use(await connect('discovery'));
  const operator = stack.use(await connect('operator'));
  const own = stack.use(await connect('connections'));
  const folder = stack.use(await temporaryFolder());
  const pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const publicKey = await exportJWK(pair.publicKey);
  const keyFile = join(folder.path, 'discovery.jwk');
  await writeFile(keyFile, JSON.stringify(publicKey));
  const master = randomBytes(32);
  const sealing = await createSealing({ master, discovery: publicKey });
  const systemId = randomUuid();
  const eventsOf = async (connectionId: string) => (await load(store, connections, connectionId)).events;
  const sayBytes = async (subject: string, bytes: Uint8Array): Promise<void> => {
    const answer = await discovery.connection.request(subject, bytes, { timeout: 5_000 });
    const { error } = answer.json<{ error?: { description: string } }>();
    if (error !== undefined) throw new Error(error.description);
  };
  const owned = stack.move();

  return {
    nats,
    eventStoreNode: node,
    store,
    db,
    sealing,
    vault: createVault(db, sealing),
    channel: createCredentialChannel(own),
    privateKey: pair.privateKey,
    sayBytes,
    databaseUrl,
    start: (changes = {}, options = {}) =>
      startInProcess(
        connectionsService,
        {
          databaseUrl,
          eventStoreUrl: node.connectionString,
          natsUrl: nats.url,
          natsSeed: new Secret(keys.connections.seed),
          credentialKey: new Secret(master.toString('base64')),
          discoveryPublicKey: keyFile,
          systemId,
          startupKubeconfig: undefined,
          startupAllow: [],
          reconcileEveryMs: 200,
          orphanAfterMs: 3_600_000,
          ...changes,
        },
        options,
      ),
    say: (type, data, changes = {}) => {
      const event = { ...factOf(type, data), ...changes };
      return sayBytes(relaySubject(event.type, event.subject), encodeStructured(event));
    },
    deadLetters: () => listDeadLetters(operator, { consumer: 'connections' }),
    eventsOf,
    until: (connectionId, last) =>
      eventually(
        async () => {
          const types = (await eventsOf(connectionId)).map(({ type }) => type);
          if (types.at(-1) !== last) throw new Error(`${last} is not the last of: ${types.join(', ')}`);
          return types;
        },
        { timeoutMs: 10_000 },
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
