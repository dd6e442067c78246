import { SUBSCRIPTIONS, type CloudEvent, type Producer } from '@mooring/contracts';
import { createEventStore, type EventStore, type StoredEvent } from '@mooring/event-store';
import {
  createMessagingMetrics,
  JetStreamStrategy,
  openBus,
  runRelay,
  type Bus,
  type MessagingMetrics,
  type RelayStatus,
} from '@mooring/messaging';
import {
  createProjectionProgress,
  migrate,
  openDatabase,
  runProjection,
  tablesServe,
  type Database,
  type Migrations,
  type Projection,
  type ProjectionProgress,
  type ProjectionStatus,
} from '@mooring/read-model';
import { delay, Failure } from '@mooring/kernel';
import { sql } from 'kysely';
import type { ConfigOf } from '../config/spec.ts';
import type { ReadinessContributor, ReadinessState } from '../health/readiness.ts';
import type { ServiceContext, Serving } from '../service.ts';
import { createBackground } from './background.ts';
import { busDependency, complaintOf, dependencyReadiness, watchDependency } from './dependency.ts';
import { createPreparation } from './preparation.ts';
import type { spineConfigSpec } from './spine-config.ts';

export type SpineConfig = ConfigOf<ReturnType<typeof spineConfigSpec>>;

/** The path every fact takes through a service: event store, relay, bus, projections. Each service opens it once. */
export interface Spine<DB> {
  readonly db: Database<DB>;
  readonly store: EventStore;
  readonly bus: Bus;
  readonly progress: ProjectionProgress;
  /** Handles what the service subscribes to, by `@EventPattern`. */
  readonly strategy: JetStreamStrategy;
  /** Of the database, the event store, the bus, and whatever was started here. */
  readonly readiness: readonly ReadinessContributor[];
  /** For the wiring: nothing is served and nothing handled before the service's tables are there. */
  readonly serving: Serving;
  /** In the order of opening; what was started here is awaited when they are closed. */
  readonly resources: readonly AsyncDisposable[];
  readonly metrics: MessagingMetrics;
  /** Publishes what the service records, in one instance at a time. */
  startRelay(options: {
    readonly producer: Producer;
    readonly prefixes: readonly string[];
    readonly toCloudEvent: (stored: StoredEvent) => CloudEvent | undefined;
  }): void;
  /** Keeps a projection, in one instance at a time. The service serves when its tables can be read. */
  startProjection(projection: Projection<DB>): void;
  /**
   * Runs something in one instance at a time, until the service stops. What it throws that no retry can help makes the service not
   * ready, with the reason; `state` is what it says of itself while it runs.
   */
  startUnderLease(name: string, run: (signal: AbortSignal) => Promise<void>, state?: () => ReadinessState): void;
  /** Has something done, after the migrations, before the service serves; repeated while it throws a Failure. */
  prepare(work: () => Promise<void>): void;
}

export interface SpineOptions {
  /** The service; its name on the bus, in PostgreSQL and in leases. */
  readonly service: string;
  readonly context: Pick<ServiceContext<unknown>, 'log' | 'metrics' | 'stopping'>;
  readonly config: SpineConfig;
  readonly migrations?: Migrations;
}

/** How often a starting service looks whether its tables are there. */
const TABLES_POLL_MS = 20;
/** How long a statement may take before its connection is given up. */
const QUERY_MS = 10_000;
/** A migration may have to rewrite a table, or wait for another instance that does. */
const MIGRATION_MS = 600_000;

/**
 * Opens everything without waiting for anything: the database, the event store and the bus may all be away. They are asked for
 * until they are there; `serving` and `readiness` tell what is missing meanwhile.
 */
export function openSpine<DB>({ service, context, config, migrations = {} }: SpineOptions): Spine<DB> {
  const { log, stopping } = context;
  const { databaseUrl: url } = config;
  const db = openDatabase<DB>({ url, applicationName: service, queryTimeoutMs: QUERY_MS });
  const opened = createEventStore({ connectionString: config.eventStoreUrl });
  const progress = createProjectionProgress(db);
  const bus = openBus({ servers: config.natsUrl, name: service, user: { seed: config.natsSeed.reveal() } });

  const database = watchDependency({ name: 'PostgreSQL', signal: stopping, probe: () => sql`select 1`.execute(db) });
  const eventStore = watchDependency({ name: 'The event store', signal: stopping, probe: (s) => reach(opened, s) });
  const readiness = [
    dependencyReadiness('database', database),
    dependencyReadiness('event store', eventStore),
    dependencyReadiness('bus', busDependency(bus)),
  ];

  const preparation = createPreparation(stopping, (message) => log.warn(`not serving yet: ${message}`));
  const migrated = preparation.add(async () => {
    await using migrating = openDatabase<DB>({
      url,
      applicationName: service,
      poolMax: 1,
      queryTimeoutMs: MIGRATION_MS,
    });
    await migrate(migrating, migrations);
  });
  const background = createBackground({ service, log, stopping, db, prepared: migrated, readiness });
  const store = refusing(opened, () => background.anotherStore);
  const prepare = (work: () => Promise<void>): void => void preparation.add(() => migrated.then(work));
  const metrics = createMessagingMetrics(context.metrics);

  return {
    db,
    store,
    bus,
    progress,
    strategy: new JetStreamStrategy({ bus, consumer: service, subscriptions: SUBSCRIPTIONS, metrics }),
    metrics,
    resources: [db, opened, progress, bus, background],
    readiness,
    serving: {
      begin: () => preparation.done(),
      missing: () => complaintOf(database) ?? preparation.trouble,
    },
    prepare,
    startUnderLease(name, run, state) {
      if (state !== undefined) background.report(name, state);
      background.start(name, run);
    },
    startRelay({ producer, prefixes, toCloudEvent }) {
      let status: RelayStatus | undefined;
      background.report('relay', () => relayState(status));
      background.start('relay', (signal) =>
        runRelay({ bus, producer, store, prefixes, toCloudEvent, signal, metrics, onStatus: (now) => (status = now) }),
      );
    },
    startProjection(projection) {
      let status: ProjectionStatus | undefined;
      const name = `projection ${projection.name}`;
      background.report(name, () => projectionState(status));
      background.start(name, (signal) =>
        runProjection({ db, store, projection, signal, onStatus: (now) => (status = now) }),
      );
      // Whichever instance makes them.
      prepare(async () => {
        while (!stopping.aborted && !(await tablesServe(db, projection.name))) await delay(TABLES_POLL_MS, stopping);
      });
    },
  };
}

/** Records nothing as long as `why` says that this is not the store that the read models and the bus follow from. */
const refusing = (store: EventStore, why: () => string | undefined): EventStore => ({
  ...store,
  append(...given) {
    const reason = why();
    if (reason === undefined) return store.append(...given);
    return Promise.reject(new Failure('unavailable', `nothing is recorded: ${reason}`));
  },
});

/** Asks for a stream that nobody writes: the cheapest question that needs credentials. */
async function reach(store: EventStore, signal: AbortSignal): Promise<void> {
  const events = store.read('mooring-reachable', { max: 1, signal })[Symbol.asyncIterator]();
  await events.next();
}

function relayState(status: RelayStatus | undefined): ReadinessState {
  if (status === undefined) return { ready: false, message: 'starting' };
  const { state, lastSequence, reason, follow } = status;
  const why = follow?.state === 'reconnecting' && follow.lastError ? ` (${follow.lastError.message})` : '';
  const store = follow === undefined ? '' : `, event store ${follow.state}${why}`;
  return {
    ready: state === 'publishing' && follow?.state !== 'reconnecting',
    message: `${state} at sequence ${lastSequence}${store}${reason === undefined ? '' : `: ${reason}`}`,
  };
}

function projectionState(status: ProjectionStatus | undefined): ReadinessState {
  if (status === undefined) return { ready: false, message: 'starting' };
  const { state, position, behindMs, lastError, serving } = status;
  const behind = behindMs === undefined || behindMs === 0 ? '' : `, ${behindMs} ms behind`;
  const error = lastError === undefined ? '' : `: ${lastError.message}`;
  return {
    ready: serving && (state === 'live' || state === 'catching-up'),
    message: `${state} at position ${position.toString()}${behind}${error}`,
  };
}
