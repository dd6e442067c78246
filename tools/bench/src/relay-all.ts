import { eventTypeOfStored, type CloudEvent } from '@mooring/contracts';
import type { EventStore, StoredEvent } from '@mooring/event-store';
import { runRelay, toPublication, type Bus } from '@mooring/messaging';

/** The relay's mapping: as a service's, with few words. */
function toCloudEvent(stored: StoredEvent): CloudEvent | undefined {
  const eventType = eventTypeOfStored(stored.type);
  if (eventType === undefined) return undefined;
  return toPublication(eventType, stored, {
    producer: 'connections',
    subject: String(stored.data['connectionId']),
    severity: 'informational',
    narrative: { summary: 'Something happened', message: `${String(stored.data['name'])}: something happened.` },
  });
}

/** Runs the relay of connections until its stream holds `events` messages or `signal` aborts. */
export async function relayAll(bus: Bus, store: EventStore, events: number, signal?: AbortSignal): Promise<void> {
  const stopping = new AbortController();
  signal?.addEventListener('abort', () => stopping.abort(), { once: true });
  await runRelay({
    ...{ bus, store, producer: 'connections', prefixes: ['connection-'], toCloudEvent, signal: stopping.signal },
    onStatus({ lastSequence }) {
      if (lastSequence >= events) stopping.abort();
    },
  });
}
