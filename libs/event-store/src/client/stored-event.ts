import type { RecordedEvent } from '@eventstore/db-client';
import type { DomainEvent, EventMetadata, StoredEvent } from '../event.ts';

/** A recorded event as ours. Never fails: what is not as we write it gets defaults. */
export function toStoredEvent(event: RecordedEvent, commitPosition: bigint | undefined): StoredEvent {
  return {
    id: event.id,
    streamName: event.streamId,
    revision: event.revision,
    position: event.position?.commit ?? commitPosition ?? 0n,
    type: event.type,
    data: isRecord(event.data) ? event.data : {},
    metadata: toMetadata(event.id, event.metadata),
    recordedAt: event.created,
  };
}

const isRecord = (value: unknown): value is DomainEvent['data'] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Metadata of an event that somebody else wrote: its own id is its operation and its trace. */
function toMetadata(eventId: string, metadata: unknown): EventMetadata {
  const given: Readonly<Record<string, unknown>> = isRecord(metadata) ? metadata : {};
  const { $correlationId, $causationId, schemaVersion, userId, systemId, traceparent, idempotencyKey } = given;
  return {
    $correlationId: isText($correlationId) ? $correlationId : eventId,
    ...(isText($causationId) && { $causationId }),
    schemaVersion: Number.isSafeInteger(schemaVersion) ? Number(schemaVersion) : 1,
    ...(isText(userId) && { userId }),
    systemId: isText(systemId) ? systemId : 'unknown',
    traceparent: isText(traceparent) ? traceparent : traceOf(eventId),
    ...(isText(idempotencyKey) && { idempotencyKey }),
  };
}

function traceOf(eventId: string): string {
  const digits = eventId.replaceAll('-', '').toLowerCase();
  return `00-${digits}-${digits.slice(0, 16)}-00`;
}
