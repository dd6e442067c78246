import { join } from 'node:path';
import type { CloudEvent } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import type { Projection } from '@mooring/read-model';
import { SPINE_SERVICES, type SpineService } from '../faults/fault.ts';

/** What a service publishes of what it stores. */
export interface Publications {
  readonly PUBLISHED_PREFIXES: readonly string[];
  readonly toCloudEvent: (stored: StoredEvent) => CloudEvent | undefined;
}

type Tables = Record<string, never>;

/** The domain of notifications, to tell again what should have followed from the log. */
export interface NotificationDomain<Signal, State> {
  readonly toSignal: (event: CloudEvent) => Signal | undefined;
  readonly take: (id: string, signals: readonly Signal[], state: State) => readonly StoredNotification[];
  readonly evolve: (state: State, event: StoredNotification) => State;
  readonly nothing: State;
  readonly idOf: (actedUpon: string) => string;
}

export interface StoredNotification {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The pure parts of the services, as they are built: what a check compares the world with. */
export interface Services {
  readonly publications: Readonly<Record<SpineService, Publications>>;
  readonly projections: readonly { readonly service: SpineService; readonly projection: Projection<Tables> }[];
  readonly notifications: NotificationDomain<unknown, unknown>;
}

/** Services are programs that nobody may depend on, so their parts are loaded from where they are built. */
export async function loadServices(checkout: string): Promise<Services> {
  const load = async <T>(service: SpineService, path: string): Promise<T> =>
    (await import(join(checkout, 'services', service, 'dist/src', `${path}.js`))) as T;
  const projectionOf = async (service: SpineService) => ({
    service,
    projection: (await load<{ viewProjection: Projection<Tables> }>(service, 'adapters/view.projection'))
      .viewProjection,
  });
  type Domain = NotificationDomain<unknown, unknown>;
  const decide = await load<Pick<Domain, 'take'>>('notifications', 'domain/notification.decide');
  const state = await load<Pick<Domain, 'evolve'> & { readonly NO_NOTIFICATION: unknown }>(
    'notifications',
    'domain/notification',
  );
  const { toSignal } = await load<Pick<Domain, 'toSignal'>>('notifications', 'domain/signal');
  const { notificationIdOf } = await load<{ notificationIdOf: Domain['idOf'] }>('notifications', 'aggregates');
  const publications = await Promise.all(
    SPINE_SERVICES.map(async (service) => [service, await load<Publications>(service, 'publications')] as const),
  );
  return {
    publications: Object.fromEntries(publications) as Record<SpineService, Publications>,
    projections: [await projectionOf('connections'), await projectionOf('notifications')],
    notifications: {
      toSignal,
      take: decide.take,
      evolve: state.evolve,
      nothing: state.NO_NOTIFICATION,
      idOf: notificationIdOf,
    },
  };
}
