import { eventTypeOfStored, type CloudEvent, type Narrative } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { toPublication } from '@mooring/messaging';
import type { WatchEvent } from './domain/watch.ts';

/** Streams whose events leave this service. */
export const PUBLISHED_PREFIXES = ['watch-'] as const;

/**
 * Every output of this service: the CloudEvent of a stored event, or nothing for a type that this code does not know. All of
 * them are audit trail: what follows for people is told by the connection's own event. The words never change once published.
 */
export function toCloudEvent(stored: StoredEvent): CloudEvent | undefined {
  const eventType = eventTypeOfStored(stored.type);
  if (eventType?.context !== 'discovery') return undefined;
  const event = stored as StoredEvent<WatchEvent>;
  return toPublication(eventType, stored, {
    producer: 'discovery',
    subject: event.data.connectionId,
    severity: 'informational',
    narrative: tell(event),
  });
}

/** What an event says to a person. */
function tell({ type, data }: WatchEvent): Narrative {
  switch (type) {
    case 'WatchBegun':
      return {
        summary: 'Watch begun',
        message: `An instance of discovery looks after the cluster from now on (watch ${data.epoch}).`,
      };
    case 'ClusterSeen':
      return {
        summary: 'Cluster seen',
        message: `Cluster ${data.clusterUid} answers${data.clusterVersion === undefined ? '' : `; it runs Kubernetes ${data.clusterVersion}`}.`,
      };
    case 'SnapshotCompleted':
      return {
        summary: 'Snapshot complete',
        message: `Everything that may be read of cluster ${data.clusterUid} is in the inventory (${data.objects} objects), and changes flow.`,
        details: { unreadable: data.kinds.filter(({ status }) => status !== 'watching').map(({ kind }) => kind) },
      };
    case 'ClusterLost':
      return {
        summary: 'Cluster lost',
        message: `The cluster does not answer (${data.looks} failed ${data.looks === 1 ? 'look' : 'looks'}): ${data.reason.message}`,
      };
    case 'ClusterRefused':
      return { summary: 'Cluster refused', message: `The cluster does not let us in: ${data.reason.message}` };
  }
}
