import { Type, type Static } from 'typebox';
import { defineEvent } from '../event-type.ts';

const Uuid = Type.String({ format: 'uuid' });

/** Beside the producer's own: discovery publishes these in batches, from a stream of their own that is limited by age and size. */
const producer = 'discovery';

const batch = Type.Integer({
  minimum: 1,
  description:
    "Number of this message among its connection's, without a gap. Where one is missing, read the inventory anew: it is what it was after the batch that the query API names.",
});

const numbered = { connectionId: Uuid, batch };

export const ResourceUpserted = Type.Object({
  op: Type.Literal('upsert'),
  type: Type.String({ description: 'The type of resource as kubectl names it, e.g. `deployments.apps`.' }),
  uid: Type.String(),
  hash: Type.String({ description: 'Of the content: equal for equal content.' }),
  record: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'The object as it is now, as far as it is kept. Left out where it would be too long for a message: the query API has it.',
    }),
  ),
});

export const ResourceDeleted = Type.Object({
  op: Type.Literal('delete'),
  type: Type.String(),
  uid: Type.String(),
  kind: Type.String(),
  namespace: Type.Optional(Type.String()),
  name: Type.String(),
});

export const PublishedChange = Type.Union([ResourceUpserted, ResourceDeleted]);
export type PublishedChange = Static<typeof PublishedChange>;

export const ResourcesChanged = defineEvent({
  stored: 'ResourcesChanged',
  type: 'io.meshery.inventory.resources.changed.v1',
  producer,
  category: 'inventory',
  action: 'change',
  description:
    "Resources of a cluster came, changed or went; each whole, at most once in a batch. Repeating a batch changes nothing. The subject is the connection's id.",
  fields: Type.Object({
    ...numbered,
    clusterUid: Type.Optional(Type.String()),
    changes: Type.Array(PublishedChange, { minItems: 1 }),
  }),
});

export const ChangesDropped = defineEvent({
  stored: 'ChangesDropped',
  type: 'io.meshery.inventory.changes.dropped.v1',
  producer,
  category: 'inventory',
  action: 'drop',
  description:
    "Changes of a cluster before this batch are not in the stream, and will not be: read its inventory anew. The subject is the connection's id.",
  fields: Type.Object({
    ...numbered,
    reason: Type.String({
      description:
        '`outbox-full`: the bus was away for too long. `stream-lost`: the stream lost messages that it had acknowledged. `inventory-restored`: the inventory was put back to an older copy.',
    }),
  }),
});

export const ClusterErased = defineEvent({
  stored: 'ClusterErased',
  type: 'io.meshery.inventory.cluster.erased.v1',
  producer,
  category: 'inventory',
  action: 'erase',
  description:
    "Its connection is deleted, and nothing of the cluster is kept any more. The last batch of this subject, which is the connection's id.",
  fields: Type.Object(numbered),
});
