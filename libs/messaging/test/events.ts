import { WatchBegun, encodeStructured, relaySubject, type CloudEvent } from '@mooring/contracts';
import type { NewEvent, StoredEvent } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { headers } from '@nats-io/transport-node';
import type { Bus } from '../src/index.ts';
import { toPublication } from '../src/index.ts';

export const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** An event that discovery records: numbered by `epoch`, of one connection. */
export const watchBegun = (connectionId: string, epoch: number): NewEvent => ({
  id: randomUuid(),
  type: WatchBegun.stored,
  data: { connectionId, epoch },
  metadata: {
    $correlationId: randomUuid(),
    schemaVersion: 1,
    systemId: 'test',
    traceparent: TRACEPARENT,
  },
});

export const toCloudEvent = (stored: StoredEvent): CloudEvent =>
  toPublication(WatchBegun, stored, {
    producer: 'discovery',
    subject: String(stored.data['connectionId']),
    severity: 'informational',
    narrative: { message: 'A watch has begun.', summary: 'Watch begun' },
  });

/** A CloudEvent of discovery as its relay would publish it. */
export const cloudEvent = (connectionId: string, epoch: number): CloudEvent =>
  toCloudEvent({
    ...watchBegun(connectionId, epoch),
    streamName: `watch-${connectionId}`,
    revision: BigInt(epoch - 1),
    position: BigInt(epoch),
    recordedAt: new Date(0),
    metadata: { ...watchBegun(connectionId, epoch).metadata, traceparent: TRACEPARENT },
  });

export const epochOf = (event: CloudEvent): number => (event.data as { epoch: number }).epoch;

/** Publishes without a relay; resolves when stored. */
export async function publish(bus: Bus, event: CloudEvent, data = encodeStructured(event)): Promise<void> {
  const message = headers();
  message.set('Content-Type', 'application/cloudevents+json');
  message.set('traceparent', TRACEPARENT);
  await bus.connection.request(relaySubject(WatchBegun.type, event.subject), data, {
    headers: message,
    timeout: 5_000,
  });
}
