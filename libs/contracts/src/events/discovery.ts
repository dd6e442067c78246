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

export const TierReached = defineEvent({
  stored: 'TierReached',
  type: 'io.meshery.discovery.tier.reached.v1',
  category: 'cluster',
  action: 'reach',
  description:
    "So much of the cluster is in the inventory: who it is, then its namespaces, nodes and workloads, then everything that is selected. Said once of each, and again after the cluster was lost or refused us. The subject is the connection's id.",
  fields: Type.Object({
    ...observed,
    clusterUid: Type.String({ minLength: 1 }),
    tier: Type.Union([Type.Literal('identity'), Type.Literal('workloads'), Type.Literal('everything')]),
    objects: Type.Integer({ minimum: 0 }),
  }),
});

const ofKind = {
  ...observed,
  clusterUid: Type.String({ minLength: 1 }),
  type: Type.String({ description: 'The type of resource as kubectl names it, e.g. `deployments.apps`.' }),
  kind: Type.String(),
};

export const KindDegraded = defineEvent({
  stored: 'KindDegraded',
  type: 'io.meshery.discovery.kind.degraded.v1',
  category: 'cluster',
  action: 'degrade',
  description:
    "One kind of resource of the cluster can no longer be followed, for longer than a moment; what is known of it is kept. Said once, not at each try. Kinds that were so when the snapshot was completed are named there. The subject is the connection's id.",
  fields: Type.Object({
    ...ofKind,
    status: Type.String({ description: '`forbidden` or `failing`.' }),
    reason: Type.Optional(Type.String()),
  }),
});

export const KindRecovered = defineEvent({
  stored: 'KindRecovered',
  type: 'io.meshery.discovery.kind.recovered.v1',
  category: 'cluster',
  action: 'recover',
  description: "A kind that was said to be degraded is so no more. The subject is the connection's id.",
  fields: Type.Object({
    ...ofKind,
    status: Type.String({
      description: '`watching`, or `missing` or `removed` where the cluster does not have the kind any more.',
    }),
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
      Type.Object({
        type: Type.Optional(Type.String()),
        kind: Type.String(),
        status: Type.String(),
        objects: Type.Integer({ minimum: 0 }),
      }),
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
