import { encodeStructured, eventSubject } from '@mooring/contracts';
import type { EventStore, StoredEvent } from '@mooring/event-store';
import { SPINE_SERVICES, type SpineService } from '../faults/fault.ts';
import { digestOf, type PublishedFact, type StoredFact } from './facts.ts';
import type { Services, StoredNotification } from './services.ts';

/** Streams of services that are never published. */
const UNPUBLISHED = ['access-'];
const READ_TIMEOUT_MS = 60_000;

export interface StoreContent {
  /** In the order of `$all`. */
  readonly events: readonly StoredFact[];
  /** The events of every notification, by the name of its stream. */
  readonly notifications: ReadonlyMap<string, readonly StoredNotification[]>;
}

/** Everything the services have stored, from the first event to the last one there is now. */
export async function readStore(store: EventStore, services: Services): Promise<StoreContent> {
  const events: StoredFact[] = [];
  const notifications = new Map<string, StoredNotification[]>();
  const prefixes = SPINE_SERVICES.flatMap((service) => services.publications[service].PUBLISHED_PREFIXES);
  const done = new AbortController();
  await store.follow({
    prefixes: [...prefixes, ...UNPUBLISHED],
    from: 'start',
    signal: AbortSignal.any([done.signal, AbortSignal.timeout(READ_TIMEOUT_MS)]),
    handle: (batch) => {
      for (const event of batch.events) {
        events.push(toFact(event, services));
        if (event.streamName.startsWith('notification-')) {
          notifications.set(event.streamName, [...(notifications.get(event.streamName) ?? []), event]);
        }
      }
      return Promise.resolve();
    },
    onStatus: ({ state }) => {
      if (state === 'live') done.abort();
    },
  });
  if (!done.signal.aborted)
    throw new Error(`the event store could not be read to its end within ${READ_TIMEOUT_MS} ms`);
  return { events, notifications };
}

function toFact(event: StoredEvent, services: Services): StoredFact {
  const { id, streamName, revision, position, type, metadata } = event;
  return {
    id,
    streamName,
    revision,
    position,
    type,
    key: metadata.idempotencyKey,
    publication: publicationOf(event, services),
  };
}

function publicationOf(event: StoredEvent, { publications }: Services): PublishedFact | undefined {
  const producer = SPINE_SERVICES.find((service) =>
    publications[service].PUBLISHED_PREFIXES.some((prefix) => event.streamName.startsWith(prefix)),
  );
  if (producer === undefined) return undefined;
  const published = publications[producer].toCloudEvent(event);
  if (published === undefined) return undefined;
  const { id, type, subject } = published;
  return {
    id,
    producer: producer satisfies SpineService,
    subject: eventSubject(type, subject),
    digest: digestOf(encodeStructured(published)),
  };
}
