import { envelopeFindings } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import type { WatchEvent } from './domain/watch.ts';
import { toCloudEvent } from './publications.ts';

const connectionId = '4c1c1b7e-6f0f-4f0a-9f5e-0d6d0a3e7c11';
const observation = { decision: 2, epoch: 1, count: 3 };
const reason = { code: 'timeout', message: 'It did not answer in time.' };
const EVENTS: readonly WatchEvent[] = [
  { type: 'WatchBegun', data: { connectionId, epoch: 1 } },
  { type: 'ClusterSeen', data: { connectionId, observation, credentialId: connectionId, clusterUid: 'uid' } },
  { type: 'TierReached', data: { connectionId, observation, clusterUid: 'uid', tier: 'workloads', objects: 3 } },
  {
    type: 'KindDegraded',
    data: {
      ...{ connectionId, observation, clusterUid: 'uid', type: 'pods', kind: 'Pod' },
      status: 'failing',
      reason: 'No answer.',
    },
  },
  {
    type: 'KindRecovered',
    data: { connectionId, observation, clusterUid: 'uid', type: 'pods', kind: 'Pod', status: 'watching' },
  },
  {
    type: 'SnapshotCompleted',
    data: {
      connectionId,
      observation,
      clusterUid: 'uid',
      objects: 3,
      kinds: [{ kind: 'Pod', status: 'forbidden', objects: 0 }],
    },
  },
  { type: 'ClusterLost', data: { connectionId, observation, reason, looks: 3, overMs: 30_000 } },
  { type: 'ClusterRefused', data: { connectionId, observation, reason } },
];

const stored = (event: { readonly type: string; readonly data: object }): StoredEvent =>
  ({
    ...event,
    id: '0d0a7c3e-7d3c-4f7e-9f3e-7f7f1a2b3c4d',
    streamName: `watch-${connectionId}`,
    revision: 7n,
    position: 99n,
    recordedAt: new Date('2026-11-21T10:00:00Z'),
    metadata: {
      $correlationId: 'operation',
      schemaVersion: 1,
      systemId: 'system',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  }) as unknown as StoredEvent;

describe('what discovery publishes', () => {
  it.each(EVENTS)('$type is audit trail about its connection, in words', (event) => {
    const published = toCloudEvent(stored(event));
    expect(envelopeFindings(published)).toEqual([]);
    expect(published).toMatchObject({
      source: 'urn:meshery:service:discovery',
      subject: connectionId,
      severitytext: 'informational',
      severitynumber: 6,
      sequence: '7',
      data: { ...event.data, message: expect.stringMatching(/\.$/), summary: expect.any(String) },
    });
  });

  it('leaves out what it does not know', () => {
    expect(toCloudEvent(stored({ type: 'WatchPaused', data: {} }))).toBeUndefined();
    expect(toCloudEvent(stored({ type: 'ConnectionRegistered', data: {} }))).toBeUndefined();
  });
});
