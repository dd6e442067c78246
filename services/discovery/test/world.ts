import type { ClusterAccess } from '@mooring/cluster-watch';
import { eventTypeOfStored } from '@mooring/contracts';
import { createEventStore, expectedAfter, load, type EventStore, type StoredEvent } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import type { SimulatedCluster } from '@mooring/kube-sim';
import {
  connectBus,
  createCredentialChannel,
  createNkeyUser,
  natsServerConfig,
  provision,
  runRelay,
  topology,
  toPublication,
  type Bus,
  type CredentialChannel,
} from '@mooring/messaging';
import { createLogger, Secret, startInProcess, type InProcessService } from '@mooring/service-host';
import {
  eventually,
  startTestEventStore,
  startTestNats,
  startTestPostgres,
  type TestEventStore,
  type TestNats,
} from '@mooring/testing';
import { openDatabase } from '@mooring/read-model';
import { sql } from 'kysely';
import { CompactEncrypt, exportJWK, generateKeyPair } from 'jose';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';
import { watches } from '../src/aggregates.ts';
import type { ConnectionFact } from '../src/domain/desired.ts';
import type { WatchEvent } from '../src/domain/watch.ts';
import { discoveryService } from '../src/service.ts';

/** Small enough that a test need not wait, large enough that a busy machine does not lose what is there. */
export const TIMING = {
  lostLooks: 2,
  lostWindowMs: 300,
  lookTimeoutMs: 2_000,
  slowLookMs: 300,
  retryMinMs: 20,
  retryMaxMs: 200,
  refusedRetries: 3,
  refusedRetryMinMs: 20,
  refusedRetryMaxMs: 100,
  reconcileMs: 100,
  firstStates: 4,
  kinds: [] as readonly string[],
  kindsExcluded: [] as readonly string[],
  namespaces: [] as readonly string[],
  namespacesExcluded: [] as readonly string[],
  labels: undefined as string | undefined,
  secretKeys: false,
  objectsMax: undefined as number | undefined,
  recordMebibytesMax: undefined,
  changesPerSecondMax: undefined as number | undefined,
  kibibytesPerSecondMax: undefined,
  requestsPerSecond: 50,
  staleGraceMs: 3_600_000,
  changesAgeMs: 3_600_000,
  changesMax: 1_000_000,
  outboxMebibytes: 64,
};

type Observed<T extends WatchEvent['type']> = Extract<StoredEvent<WatchEvent>, { readonly type: T }>;

/** What discovery lives in: real engines, and in place of connections a hand that records and relays a connection's events. */
export interface World extends AsyncDisposable {
  readonly store: EventStore;
  readonly credentials: CredentialChannel;
  /** As the service connections. */
  readonly bus: Bus;
  readonly nats: TestNats;
  readonly eventStoreNode: TestEventStore;
  readonly databaseUrl: string;
  /** `lines` gets what it logs. */
  startDiscovery(timing?: Partial<typeof TIMING>, lines?: string[]): Promise<InProcessService>;
  /** Every row of every table, as text. */
  dump(): Promise<string>;
  /** Encrypts a way in, puts it into the channel and gives its id. */
  sealed(access: ClusterAccess, credentialId?: string): Promise<string>;
  /** A new connection that is probed, and meant to be registered. */
  enter(credentialId: string): Promise<string>;
  /** The next event of a connection. What is left out is as it was. */
  say(connectionId: string, type: string, changes: Partial<ConnectionFact>): Promise<void>;
  /** Waits until discovery has heard everything that was said of a connection. */
  heard(connectionId: string): Promise<void>;
  observations(connectionId: string): Promise<readonly StoredEvent<WatchEvent>[]>;
  /** Waits for the `count`th observation of a type, 1 the first. */
  observed<T extends WatchEvent['type']>(connectionId: string, type: T, count?: number): Promise<Observed<T>>;
}

export const tokenAccess = (cluster: SimulatedCluster, token = cluster.keys.token): ClusterAccess => ({
  server: cluster.server,
  caPem: cluster.keys.caPem,
  auth: { kind: 'token', token },
});

async function startBus() {
  const keys = {
    connections: createNkeyUser(),
    discovery: createNkeyUser(),
    provisioner: createNkeyUser(),
    operator: createNkeyUser(),
  };
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
  await using provisioner = await connectBus({ servers: nats.url, name: 'provisioner', user: keys.provisioner });
  await provision(provisioner, topology());
  return { nats, keys };
}

/** What connections does, as far as the bus shows it. */
const toCloudEvent = (stored: StoredEvent) => {
  const eventType = eventTypeOfStored(stored.type);
  if (eventType === undefined) return undefined;
  return toPublication(eventType, stored, {
    producer: 'connections',
    subject: String(stored.data['connectionId']),
    severity: 'informational',
    narrative: { summary: stored.type, message: stored.type },
  });
};

export async function startWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const { nats, keys } = await startBus();
  stack.use(nats);
  const node = stack.use(await startTestEventStore());
  const postgres = stack.use(await startTestPostgres());
  const { url: databaseUrl } = await postgres.createDatabase();
  const store = stack.use(createEventStore({ connectionString: node.connectionString }));
  const bus = stack.use(await connectBus({ servers: nats.url, name: 'connections', user: keys.connections }));
  const stopping = new AbortController();
  const relay = runRelay({
    bus,
    producer: 'connections',
    store,
    prefixes: ['connection-'],
    toCloudEvent,
    signal: stopping.signal,
  });
  stack.defer(async () => {
    stopping.abort();
    await relay;
  });
  const credentials = createCredentialChannel(bus);
  const pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const privateKey = JSON.stringify(await exportJWK(pair.privateKey));
  const db = stack.use(openDatabase<DiscoveryDatabase>({ url: databaseUrl, poolMax: 2 }));
  const systemId = randomUuid();
  const facts = new Map<string, { readonly revision: bigint; readonly fact: ConnectionFact }>();

  const append = async (connectionId: string, type: string, fact: ConnectionFact): Promise<void> => {
    const before = facts.get(connectionId)?.revision ?? -1n;
    const metadata = { $correlationId: randomUuid(), schemaVersion: 1, systemId };
    const { revision } = await store.append(`connection-${connectionId}`, expectedAfter(before), [
      { id: randomUuid(), type, data: { ...fact }, metadata },
    ]);
    facts.set(connectionId, { revision, fact });
  };
  const observations = async (connectionId: string) => (await load(store, watches, connectionId)).events;
  const owned = stack.move();

  return {
    store,
    credentials,
    bus,
    nats,
    eventStoreNode: node,
    databaseUrl,
    startDiscovery: (timing = {}, lines) =>
      startInProcess(
        discoveryService,
        {
          ...TIMING,
          ...timing,
          databaseUrl,
          eventStoreUrl: node.connectionString,
          natsUrl: nats.url,
          natsSeed: new Secret(keys.discovery.seed),
          credentialKey: new Secret(privateKey),
          systemId,
        },
        lines === undefined
          ? {}
          : {
              log: createLogger({
                service: 'discovery',
                level: 'trace',
                destination: { write: (line: string) => void lines.push(line) },
              }),
            },
      ),
    async dump() {
      const tables = await sql<{
        name: string;
      }>`select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db);
      const texts = await Promise.all(
        tables.rows.map(({ name }) =>
          sql<{ row: string }>`select t::text as row from ${sql.table(name)} as t`.execute(db),
        ),
      );
      return texts.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n');
    },
    async sealed(access, credentialId = randomUuid()) {
      const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(access)))
        .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' })
        .encrypt(pair.publicKey);
      await credentials.put(credentialId, new TextEncoder().encode(sealed));
      return credentialId;
    },
    async enter(credentialId) {
      const connectionId = randomUuid();
      await append(connectionId, 'ConnectionEntered', {
        connectionId,
        name: `cluster of ${connectionId}`,
        previousState: null,
        state: 'not_found',
        intent: 'registered',
        decision: 1,
        by: 'policy',
        reason: { code: 'probing', message: 'The cluster is being looked for.' },
        ...{ kind: 'kubernetes', fingerprint: 'f', accessId: randomUuid() },
        endpoint: { server: 'https://somewhere', context: 'somewhere' },
        credentialId,
      });
      return connectionId;
    },
    async say(connectionId, type, changes) {
      const before = facts.get(connectionId);
      if (before === undefined) throw new Error(`nobody entered ${connectionId}`);
      const { connectionId: id, name, state, intent, decision, by } = before.fact;
      await append(connectionId, type, {
        ...{ connectionId: id, name, previousState: state, state, intent, decision, by },
        ...changes,
      });
    },
    async heard(connectionId) {
      await eventually(async () => {
        const row = await db
          .selectFrom('desired_connection')
          .select('sequence')
          .where('connection_id', '=', connectionId)
          .executeTakeFirst();
        return row !== undefined && BigInt(row.sequence) === facts.get(connectionId)?.revision;
      });
    },
    observations,
    observed: <T extends WatchEvent['type']>(connectionId: string, type: T, count = 1) =>
      eventually(
        async () => {
          const all = await observations(connectionId);
          const found = all.filter((event): event is Observed<T> => event.type === type)[count - 1];
          if (found === undefined)
            throw new Error(`${count} × ${type} is not in: ${all.map((event) => event.type).join(', ')}`);
          return found;
        },
        { timeoutMs: 20_000 },
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What connections answers to a cluster that was seen: discovered, and registered by its standing intent. */
export async function acceptSeen(world: World, connectionId: string, uid: string, decision: number): Promise<void> {
  await world.say(connectionId, 'ConnectionDiscovered', {
    state: 'discovered',
    by: 'observation',
    ...{ clusterUid: uid },
  });
  await world.say(connectionId, 'ConnectionRegistered', { state: 'registered', by: 'policy', decision });
}

/** The whole way of a new connection to its first complete snapshot. */
export async function connect(world: World, cluster: SimulatedCluster): Promise<string> {
  const connectionId = await world.enter(await world.sealed(tokenAccess(cluster)));
  await world.observed(connectionId, 'ClusterSeen');
  await acceptSeen(world, connectionId, cluster.uid, 2);
  await world.observed(connectionId, 'SnapshotCompleted');
  await world.say(connectionId, 'ConnectionConnected', { state: 'connected', by: 'observation' });
  return connectionId;
}
