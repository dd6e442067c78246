import { eventTypeOfStored, type CloudEvent, type Narrative } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { toPublication } from '@mooring/messaging';
import type { Tier, WatchEvent } from './domain/watch.ts';

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

const TIERS: Readonly<Record<Tier, string>> = {
  identity: 'The cluster is known by its UID, version and API groups',
  workloads: 'The namespaces, nodes and workloads of the cluster that may be read are in the inventory',
  everything: 'Everything that is selected of the cluster and may be read is in the inventory',
};

const RECOVERED: Readonly<Record<string, (kind: string) => string>> = {
  watching: (kind) => `${kind} is followed again.`,
  missing: (kind) => `${kind} is not served by the cluster any more, so it need not be followed.`,
  removed: (kind) => `${kind} is not served by the cluster any more, or not selected, so it need not be followed.`,
};

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');

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
    case 'TierReached':
      return { summary: 'Tier reached', message: `${TIERS[data.tier]} (${data.objects} objects so far).` };
    case 'KindDegraded':
      return {
        summary: 'Kind degraded',
        message: `${data.kind} of cluster ${data.clusterUid} can no longer be followed (${data.status})${data.reason === undefined ? '' : `: ${withoutStop(data.reason)}`}.`,
      };
    case 'KindRecovered':
      return {
        summary: 'Kind recovered',
        message: RECOVERED[data.status]?.(data.kind) ?? `${data.kind} is ${data.status}.`,
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
