import { Type, type Static } from 'typebox';
import { Reason } from '../events/connections.ts';
import { page, pageQuery } from './paging.ts';
import { labelSelector, oneOrMoreOf } from './patterns.ts';

const Uuid = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });

export const RESOURCE_KINDS = [
  'Namespace',
  'Node',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'EndpointSlice',
  'Pod',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export const KindStatusView = Type.Object({
  kind: Type.String(),
  state: Type.String({ description: '`listing`, `watching`, `forbidden`, `missing` or `failing`.' }),
  reason: Type.Optional(Type.String()),
  since: Type.Optional(Time),
  objects: Type.Integer({ minimum: 0 }),
});
export type KindStatusView = Static<typeof KindStatusView>;

export const ClusterView = Type.Object({
  connectionId: Uuid,
  clusterUid: Type.Optional(Type.String()),
  name: Type.String(),
  version: Type.Optional(Type.String()),
  platform: Type.Optional(Type.String()),
  watch: Type.String({ description: '`resting`, `looking`, `connecting`, `snapshot`, `live` or `away`.' }),
  reason: Type.Optional(Reason),
  snapshotAt: Type.Optional(Time),
  lastSeenAt: Type.Optional(Time),
  objects: Type.Integer({ minimum: 0 }),
  kinds: Type.Array(KindStatusView),
});
export type ClusterView = Static<typeof ClusterView>;
export const ClusterPage = page(ClusterView);
export type ClusterPage = Static<typeof ClusterPage>;

export const ResourceView = Type.Object({
  connectionId: Uuid,
  clusterUid: Type.String(),
  uid: Type.String(),
  kind: Type.String(),
  apiVersion: Type.String(),
  namespace: Type.Optional(Type.String()),
  name: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
  createdAt: Type.Optional(Time),
  observedAt: Time,
  record: Type.Record(Type.String(), Type.Unknown(), {
    description: 'What matters of this kind; unknown is left out.',
  }),
});
export type ResourceView = Static<typeof ResourceView>;

export const ResourceListQuery = Type.Object(
  {
    ...pageQuery,
    connectionId: Type.Optional(Uuid),
    clusterUid: Type.Optional(Type.String()),
    kind: Type.Optional(oneOrMoreOf(RESOURCE_KINDS)),
    namespace: Type.Optional(Type.String()),
    name: Type.Optional(Type.String({ description: 'Part of the name.' })),
    label: Type.Optional(labelSelector),
  },
  { additionalProperties: false },
);
export type ResourceListQuery = Static<typeof ResourceListQuery>;
export const ResourcePage = page(ResourceView);
export type ResourcePage = Static<typeof ResourcePage>;
