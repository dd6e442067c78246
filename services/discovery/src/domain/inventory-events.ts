import {
  ChangesDropped,
  ClusterErased,
  ResourcesChanged,
  SEVERITY_NUMBERS,
  type CloudEvent,
  type EventType,
  type Narrative,
  type SeverityText,
} from '@mooring/contracts';

/** A message of the inventory's stream, not longer than this: every client and bridge takes as much. */
export const EVENT_BYTES_MAX = 256 * 1024;

/** What is left for the envelope. */
const ENVELOPE_BYTES = 4 * 1024;

/**
 * Puts texts of these lengths, in bytes, into as few batches as hold them in order, and gives the number of each one's batch, from 0. A text
 * that is longer than a batch has one of its own.
 */
export function batchesOf(lengths: readonly number[], bytesMax = EVENT_BYTES_MAX - ENVELOPE_BYTES): readonly number[] {
  let batch = 0;
  let bytes = 0;
  return lengths.map((length) => {
    const more = bytes + length + 1;
    if (bytes > 0 && more > bytesMax) batch += 1;
    bytes = bytes > 0 && more > bytesMax ? length + 1 : more;
    return batch;
  });
}

/** Whether a change of so many bytes as JSON fits into a message. */
export const fits = (bytes: number): boolean => bytes <= EVENT_BYTES_MAX - ENVELOPE_BYTES;

/** What every event of the inventory says. */
export interface InventoryFact {
  readonly connectionId: string;
  readonly batch: bigint;
  readonly eventId: string;
  readonly at: Date;
  readonly systemId: string;
}

function envelope(
  eventType: EventType,
  { connectionId, batch, eventId, at, systemId }: InventoryFact,
  severitytext: SeverityText,
  data: Narrative & Readonly<Record<string, unknown>>,
): CloudEvent {
  const traceid = eventId.replaceAll('-', '').toLowerCase();
  const parentid = traceid.slice(0, 16);
  return {
    id: eventId,
    source: `urn:meshery:service:${eventType.producer}`,
    type: eventType.type,
    subject: connectionId,
    time: at.toISOString(),
    ...{ specversion: '1.0', datacontenttype: 'application/json', dataschema: eventType.dataschema },
    ...{ severitytext, severitynumber: SEVERITY_NUMBERS[severitytext] },
    ...{ category: eventType.category, action: eventType.action },
    sequence: batch.toString(),
    actedupon: connectionId,
    systemid: systemId,
    correlationid: eventId,
    ...{ traceid, parentid, traceparent: `00-${traceid}-${parentid}-00` },
    data: { connectionId, batch: Number(batch), ...data },
  };
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** The text of a batch of changes, each given as JSON. */
export function changedEvent(
  fact: InventoryFact & { readonly clusterUid?: string | undefined },
  changes: readonly string[],
): string {
  const { clusterUid } = fact;
  const event = envelope(ResourcesChanged, fact, 'debug', {
    summary: 'Resources changed',
    message: `${counted(changes.length, 'resource', 'resources')} of the cluster came, changed or went.`,
    ...(clusterUid === undefined ? {} : { clusterUid }),
    changes: [],
  });
  // The changes are JSON already, and stand last.
  return JSON.stringify(event).replace(/\[\]\}\}$/, () => `[${changes.join(',')}]}}`);
}

export type DropReason = 'outbox-full' | 'stream-lost' | 'inventory-restored';

const WHY: Readonly<Record<DropReason, string>> = {
  'outbox-full': 'the bus was away for too long',
  'stream-lost': 'the stream lost messages that it had acknowledged',
  'inventory-restored': 'the inventory was put back to an older copy',
};

export const droppedEvent = (fact: InventoryFact, reason: DropReason): string =>
  JSON.stringify(
    envelope(ChangesDropped, fact, 'informational', {
      summary: 'Changes dropped',
      message: `Changes of the cluster are not in the stream, because ${WHY[reason]}. Read its inventory anew.`,
      reason,
    }),
  );

export const erasedEvent = (fact: InventoryFact): string =>
  JSON.stringify(
    envelope(ClusterErased, fact, 'informational', {
      summary: 'Cluster erased',
      message: 'Its connection is deleted, and nothing of the cluster is kept any more.',
    }),
  );
