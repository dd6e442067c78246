import { encodeStructured, relaySubject, type CloudEvent, type Producer } from '@mooring/contracts';
import { createEventStore, load, type EventStore, type StoredEvent } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { connectBus, createNkeyUser, natsServerConfig, provision, topology, type Bus } from '@mooring/messaging';
import { openDatabase, type Database } from '@mooring/read-model';
import { Secret, startInProcess, type InProcessService } from '@mooring/service-host';
import {
  startTestEventStore,
  startTestNats,
  startTestPostgres,
  type TestEventStore,
  type TestNats,
} from '@mooring/testing';
import { createEventLog, type EventLog } from '../src/adapters/event-log.ts';
import type { NotificationsDatabase } from '../src/adapters/tables.ts';
import { notificationIdOf, notifications } from '../src/aggregates.ts';
import type { NotificationEvent } from '../src/domain/notification.ts';
import { notificationsService } from '../src/service.ts';

/** What notifications lives in: real engines, and hands that say what connections and discovery would say. */
export interface World extends AsyncDisposable {
  readonly nats: TestNats;
  readonly eventStoreNode: TestEventStore;
  readonly store: EventStore;
  readonly db: Database<NotificationsDatabase>;
  /** The log behind the service's back, as another instance would write and read it. */
  readonly log: EventLog;
  readonly databaseUrl: string;
  start(
    changes?: { readonly databaseUrl?: string; readonly natsUrl?: string },
    options?: { readonly untilServing?: boolean },
  ): Promise<InProcessService>;
  /** Facts as their producer's own user publishes them, one after the other: all stored when this resolves. */
  say(producer: Exclude<Producer, 'notifications'>, events: readonly CloudEvent[]): Promise<void>;
  /** What was recorded of the notification about a thing. */
  notificationOf(actedUpon: string): Promise<readonly StoredEvent<NotificationEvent>[]>;
}

const USERS = ['connections', 'discovery', 'notifications', 'provisioner', 'operator'] as const;
type User = (typeof USERS)[number];
const IN_FLIGHT = 500;

export async function startWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const keys = Object.fromEntries(USERS.map((name) => [name, createNkeyUser()])) as Record<
    User,
    ReturnType<typeof createNkeyUser>
  >;
  const { connections, discovery, notifications: own, provisioner, operator } = keys;
  const nats = stack.use(
    await startTestNats({
      config: natsServerConfig({
        topology: topology(),
        users: {
          services: {
            connections: connections.publicKey,
            discovery: discovery.publicKey,
            notifications: own.publicKey,
          },
          provisioner: provisioner.publicKey,
          operator: operator.publicKey,
        },
      }),
    }),
  );
  const connect = (name: User): Promise<Bus> => connectBus({ servers: nats.url, name, user: keys[name] });
  {
    await using bus = await connect('provisioner');
    await provision(bus, topology());
  }
  const node = stack.use(await startTestEventStore({ slowSubscribers: 'disconnect' }));
  const postgres = stack.use(await startTestPostgres());
  const { url: databaseUrl } = await postgres.createDatabase();
  const store = stack.use(createEventStore({ connectionString: node.connectionString }));
  const db = stack.use(openDatabase<NotificationsDatabase>({ url: databaseUrl }));
  const producers = {
    connections: stack.use(await connect('connections')),
    discovery: stack.use(await connect('discovery')),
  };
  const systemId = randomUuid();
  const owned = stack.move();

  const sayOne = async (bus: Bus, event: CloudEvent): Promise<void> => {
    const subject = relaySubject(event.type, event.subject);
    const answer = await bus.connection.request(subject, encodeStructured(event), { timeout: 10_000 });
    const { error } = answer.json<{ error?: { description: string } }>();
    if (error !== undefined) throw new Error(error.description);
  };

  return {
    nats,
    eventStoreNode: node,
    store,
    db,
    log: createEventLog(db),
    databaseUrl,
    start: (changes = {}, options = {}) =>
      startInProcess(
        notificationsService,
        {
          databaseUrl,
          eventStoreUrl: node.connectionString,
          natsUrl: nats.url,
          natsSeed: new Secret(own.seed),
          systemId,
          streamPollMs: 20,
          ...changes,
        },
        options,
      ),
    async say(producer, events) {
      for (let start = 0; start < events.length; start += IN_FLIGHT) {
        const chunk = events.slice(start, start + IN_FLIGHT);
        await Promise.all(chunk.map((event) => sayOne(producers[producer], event)));
      }
    },
    notificationOf: async (actedUpon) => (await load(store, notifications, notificationIdOf(actedUpon))).events,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
