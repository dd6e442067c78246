import { SUBSCRIPTIONS, type CloudEvent, type Producer } from '@mooring/contracts';
import { createEventStore, type EventStore, type StoredEvent } from '@mooring/event-store';
import { delay, messageOf } from '@mooring/kernel';
import {
  connectBus,
  createMessagingMetrics,
  JetStreamStrategy,
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
  withLease,
  type Database,
  type Migrations,
  type Projection,
  type ProjectionProgress,
  type ProjectionStatus,
} from '@mooring/read-model';
import { sql } from 'kysely';
import type { ConfigOf } from '../config/spec.ts';
import type { ReadinessContributor, ReadinessState } from '../health/readiness.ts';
import type { ServiceContext } from '../service.ts';
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
  /** Of the database, the bus, and whatever was started here. */
  readonly readiness: readonly ReadinessContributor[];
  /** In the order of opening; what was started here is awaited when they are closed. */
  readonly resources: readonly AsyncDisposable[];
  readonly metrics: MessagingMetrics;
  /** Publishes what the service records, in one instance at a time. */
  startRelay(options: {
    readonly producer: Producer;
    readonly prefixes: readonly string[];
    readonly toCloudEvent: (stored: StoredEvent) => CloudEvent | undefined;
  }): void;
  /** Keeps a projection, in one instance at a time. Resolves when its tables can be read: await it before listening. */
  startProjection(projection: Projection<DB>): Promise<void>;
  /** Runs something in one instance at a time, until the service stops. What it throws that no retry can help makes the service not ready, with the reason. */
  startUnderLease(name: string, run: (signal: AbortSignal) => Promise<void>): void;
}

export interface SpineOptions {
  /** The service; its name on the bus, in PostgreSQL and in leases. */
  readonly service: string;
  readonly context: Pick<ServiceContext<unknown>, 'log' | 'metrics' | 'stopping'>;
  readonly config: SpineConfig;
  readonly migrations?: Migrations;
}

/** Opens everything, bus last. Throws a Failure when the database or the bus cannot be had; what was opened is closed again. */
export async function openSpine<DB>({ service, context, config, migrations = {} }: SpineOptions): Promise<Spine<DB>> {
  await using opening = new AsyncDisposableStack();
  const db = opening.use(openDatabase<DB>({ url: config.databaseUrl, applicationName: service }));
  await migrate(db, migrations);
  const store = opening.use(createEventStore({ connectionString: config.eventStoreUrl }));
  const progress = opening.use(createProjectionProgress(db));
  const bus = opening.use(
    await connectBus({ servers: config.natsUrl, name: service, user: { seed: config.natsSeed.reveal() } }),
  );
  const resources = [db, store, progress, bus] as const;
  opening.move();

  const metrics = createMessagingMetrics(context.metrics);
  const strategy = new JetStreamStrategy({ bus, consumer: service, subscriptions: SUBSCRIPTIONS, metrics });
  const readiness = [databaseReadiness(db), busReadiness(bus)];
  const background = createBackground({ service, context, db, readiness });
  return {
    db,
    store,
    bus,
    progress,
    strategy,
    metrics,
    resources: [...resources, background],
    readiness,
    startUnderLease: (name, run) => background.start(name, run),
    startRelay({ producer, prefixes, toCloudEvent }) {
      let status: RelayStatus | undefined;
      background.report('relay', () => relayState(status));
      background.start('relay', (signal) =>
        runRelay({ bus, producer, store, prefixes, toCloudEvent, signal, metrics, onStatus: (now) => (status = now) }),
      );
    },
    async startProjection(projection) {
      let status: ProjectionStatus | undefined;
      const { name } = projection;
      background.report(`projection ${name}`, () => projectionState(status));
      background.start(`projection ${name}`, (signal) =>
        runProjection({ db, store, projection, signal, onStatus: (now) => (status = now) }),
      );
      // Where another instance keeps it, its checkpoint says that the tables are there.
      while (status === undefined && (await progress.positionOf(name)) === undefined && !context.stopping.aborted) {
        await delay(TABLES_POLL_MS, context.stopping);
      }
    },
  };
}

/** How often a starting service looks whether its tables are there. */
const TABLES_POLL_MS = 20;

/** What runs beside requests: each under a lease of its own, awaited at the stop. */
function createBackground<DB>(options: {
  readonly service: string;
  readonly context: SpineOptions['context'];
  readonly db: Database<DB>;
  readonly readiness: ReadinessContributor[];
}) {
  const { service, context, db, readiness } = options;
  const running: Promise<void>[] = [];
  const ended = new Map<string, string>();
  const held = new Map<string, boolean>();
  const reports = new Map<string, () => ReadinessState>();
  const stateOf = (name: string): ReadinessState => {
    const failure = ended.get(name);
    if (failure !== undefined) return { ready: false, message: failure };
    if (held.get(name) !== true) return { ready: true, message: 'another instance does it, or it is about to start' };
    return reports.get(name)?.() ?? { ready: true };
  };
  return {
    report: (name: string, state: () => ReadinessState): void => void reports.set(name, state),
    start(name: string, run: (signal: AbortSignal) => Promise<void>): void {
      readiness.push({ name, check: () => stateOf(name) });
      const work = withLease({
        db,
        name: `${service} ${name}`,
        signal: context.stopping,
        onHeld: run,
        onStatus: ({ held: now }) => void held.set(name, now),
      }).catch((thrown: unknown) => {
        ended.set(name, messageOf(thrown));
        context.log.error({ err: thrown, part: name }, `${name} ended and cannot go on: ${messageOf(thrown)}`);
      });
      running.push(work);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(running);
    },
  };
}

const databaseReadiness = <DB>(db: Database<DB>): ReadinessContributor => ({
  name: 'database',
  async check() {
    await sql`select 1`.execute(db);
    return { ready: true };
  },
});

const busReadiness = (bus: Bus): ReadinessContributor => ({
  name: 'bus',
  check() {
    const { state, since, lastError } = bus.status();
    const error = lastError === undefined ? '' : `: ${lastError}`;
    return { ready: state === 'connected', message: `${state} since ${since.toISOString()}${error}` };
  },
});

function relayState(status: RelayStatus | undefined): ReadinessState {
  if (status === undefined) return { ready: false, message: 'starting' };
  const { state, lastSequence, reason, follow } = status;
  const store = follow === undefined ? '' : `, event store ${follow.state}`;
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
