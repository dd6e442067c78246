import { eventTypeOfStored, type CloudEvent } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { toPublication } from '@mooring/messaging';
import { tell, type ConnectionsEvent } from './narrative.ts';

/** Streams whose events leave this service. Claims of an access stay: an address and a credential concern nobody else. */
export const PUBLISHED_PREFIXES = ['connection-', 'cluster-', 'import-'] as const;

/** Whose id an event is about. */
function subjectOf(event: ConnectionsEvent): string | undefined {
  switch (event.type) {
    case 'ClusterClaimed':
    case 'ClusterReleased':
      return event.data.clusterId;
    case 'ImportRequested':
    case 'ContextResolved':
    case 'ImportCompleted':
      return event.data.importId;
    case 'AccessClaimed':
    case 'AccessReleased':
      return undefined;
    default:
      return event.data.connectionId;
  }
}

/** Every output of this service: the CloudEvent of a stored event, or nothing for what is nobody else's business. */
export function toCloudEvent(stored: StoredEvent): CloudEvent | undefined {
  const eventType = eventTypeOfStored(stored.type);
  if (eventType === undefined) return undefined;
  const event = stored as StoredEvent<ConnectionsEvent>;
  const subject = subjectOf(event);
  if (subject === undefined) return undefined;
  const { severity, narrative } = tell(event);
  return toPublication(eventType, stored, {
    producer: 'connections',
    subject,
    actedUpon: subject,
    severity,
    narrative,
  });
}
