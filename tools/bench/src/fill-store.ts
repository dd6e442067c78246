import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { NewEvent } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { inFlight } from './in-flight.ts';
import { connectionHistory, EVENTS_PER_CONNECTION } from './sample-events.ts';

const toClientEvent = ({ id, type, data, metadata }: NewEvent) =>
  jsonEvent({ id, type, data: { ...data }, metadata: { ...metadata } });

/** Records the histories of as many connections as make at least `events` events. Gives how many there are then. */
export async function fillStore(connectionString: string, events: number): Promise<number> {
  const streams = Math.ceil(events / EVENTS_PER_CONNECTION);
  const client = EventStoreDBClient.connectionString(connectionString);
  try {
    await inFlight(streams, 32, async () => {
      const id = randomUuid();
      const history = connectionHistory(id).map(toClientEvent);
      await client.appendToStream(`connection-${id}`, history, { expectedRevision: 'no_stream' });
    });
  } finally {
    await client.dispose();
  }
  return streams * EVENTS_PER_CONNECTION;
}
