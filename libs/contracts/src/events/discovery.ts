import { Type } from 'typebox';
import { defineEvent } from '../event-type.ts';
import { ObservationNumber, Reason } from './connections.ts';

const Uuid = Type.String({ format: 'uuid' });

const observed = { connectionId: Uuid, observation: ObservationNumber };

export const ClusterSeen = defineEvent({
  stored: 'ClusterSeen',
  type: 'io.meshery.discovery.cluster.seen.v1',
  category: 'cluster',
  action: 'see',
  description: "A look at the cluster succeeded. The subject is the connection's id.",
  fields: Type.Object({
    ...observed,
    credentialId: Uuid,
    clusterUid: Type.String({ minLength: 1 }),
    clusterVersion: Type.Optional(Type.String()),
    platform: Type.Optional(Type.String()),
  }),
});

export const SnapshotCompleted = defineEvent({
  stored: 'SnapshotCompleted',
  type: 'io.meshery.discovery.snapshot.completed.v1',
  category: 'cluster',
  action: 'snapshot',
  description:
    "The first state of everything that may be read is in the inventory; changes flow. The subject is the connection's id.",
  fields: Type.Object({
    ...observed,
    clusterUid: Type.String({ minLength: 1 }),
    objects: Type.Integer({ minimum: 0 }),
    kinds: Type.Array(
      Type.Object({ kind: Type.String(), status: Type.String(), objects: Type.Integer({ minimum: 0 }) }),
    ),
  }),
});

export const ClusterLost = defineEvent({
  stored: 'ClusterLost',
  type: 'io.meshery.discovery.cluster.lost.v1',
  category: 'cluster',
  action: 'lose',
  description: "Several looks in a row failed. The subject is the connection's id.",
  fields: Type.Object({
    ...observed,
    reason: Reason,
    looks: Type.Integer({ minimum: 1 }),
    overMs: Type.Integer({ minimum: 0 }),
  }),
});

export const ClusterRefused = defineEvent({
  stored: 'ClusterRefused',
  type: 'io.meshery.discovery.cluster.refused.v1',
  category: 'cluster',
  action: 'refuse',
  description:
    "The cluster answers but does not let us in, or cannot be identified. The subject is the connection's id.",
  fields: Type.Object({ ...observed, reason: Reason }),
});

export const WatchBegun = defineEvent({
  stored: 'WatchBegun',
  type: 'io.meshery.discovery.watch.begun.v1',
  category: 'cluster',
  action: 'watch',
  description:
    "An instance looks after the cluster from now on; its epoch fences older ones. The subject is the connection's id.",
  fields: Type.Object({ connectionId: Uuid, epoch: Type.Integer({ minimum: 1 }) }),
});
