import { Type, type Static } from 'typebox';
import { Reason } from '../events/connections.ts';
import { page } from './paging.ts';

const Uuid = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });
const Count = Type.Integer({ minimum: 0 });

/** In the order in which they are reached. */
export const CLUSTER_TIERS = ['identity', 'workloads', 'everything'] as const;
export type ClusterTier = (typeof CLUSTER_TIERS)[number];

export const TierView = Type.Object({
  tier: Type.Unsafe<ClusterTier>(
    Type.String({
      enum: [...CLUSTER_TIERS],
      description: 'Who the cluster is; its namespaces, nodes and workloads; everything that is selected.',
    }),
  ),
  reachedAt: Type.Optional(
    Type.String({ format: 'date-time', description: 'Absent while this link has not reached it.' }),
  ),
});
export type TierView = Static<typeof TierView>;

export const KindStatusView = Type.Object({
  type: Type.String({ description: 'As kubectl spells it: `pods`, `deployments.apps`. Unique in a cluster.' }),
  kind: Type.String({ description: 'Two groups may have the same one.' }),
  tier: Type.Optional(Type.String({ description: 'The tier it belongs to.' })),
  depth: Type.Optional(
    Type.String({ description: '`record`: what matters of it is kept; `metadata`: only that is read.' }),
  ),
  state: Type.String({
    description:
      '`listing`, `watching`, `forbidden`, `missing`, `failing` or `removed` (no longer served or selected).',
  }),
  reason: Type.Optional(Type.String()),
  since: Type.Optional(Type.String({ format: 'date-time', description: 'When this state began.' })),
  objects: Type.Integer({ minimum: 0, description: 'In the inventory.' }),
  leftOut: Type.Integer({ minimum: 0, description: 'Objects that were too large, not understood or beyond a limit.' }),
  staleSince: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'There while it cannot be followed (`forbidden`, `missing`, `failing`, and while it is read anew after that): what is kept of it is as old as this.',
    }),
  ),
  outdated: Type.Optional(
    Type.Boolean({
      description: 'True when that has lasted longer than the grace period: it is kept, and counted in no facet.',
    }),
  ),
});
export type KindStatusView = Static<typeof KindStatusView>;

export const ClusterView = Type.Object({
  connectionId: Uuid,
  clusterUid: Type.Optional(Type.String()),
  name: Type.String(),
  version: Type.Optional(Type.String()),
  platform: Type.Optional(Type.String()),
  distribution: Type.Optional(
    Type.String({
      description:
        '`eks`, `k3s`, …: as its version, API groups or address tell, else its nodes where they agree; absent where nothing shows it.',
    }),
  ),
  provider: Type.Optional(
    Type.String({
      description: 'Who runs it, e.g. `aws`: as its address tells, else its nodes where they agree; never a guess.',
    }),
  ),
  region: Type.Optional(
    Type.String({ description: 'As its address tells, else its nodes where all that name one name the same.' }),
  ),
  providers: Type.Optional(
    Type.Array(Type.String(), { description: 'Who made its nodes, all of them, sorted; absent where no node tells.' }),
  ),
  regions: Type.Optional(
    Type.Array(Type.String(), { description: 'That its nodes name, sorted; absent where none does.' }),
  ),
  zones: Type.Optional(
    Type.Array(Type.String(), { description: 'That its nodes name, sorted; absent where none does.' }),
  ),
  apiGroups: Type.Optional(
    Type.Array(Type.String(), {
      description: 'That it serves, sorted, without the core group; absent where it does not say.',
    }),
  ),
  watch: Type.String({ description: '`resting`, `looking`, `connecting`, `snapshot`, `live` or `away`.' }),
  reason: Type.Optional(Reason),
  snapshotAt: Type.Optional(Time),
  lastSeenAt: Type.Optional(Time),
  staleSince: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'There while changes do not flow: what is known of the cluster is as old as this.',
    }),
  ),
  outdated: Type.Boolean({
    description: 'That has lasted longer than the grace period: what is known is kept, and counted nowhere.',
  }),
  tiers: Type.Array(TierView, { description: 'All of them, in order.' }),
  batch: Type.Integer({
    minimum: 0,
    description:
      'Number of the last batch of changes that the inventory contains. Whoever reads the resources after this goes on with the batches behind it in the stream `INVENTORY`.',
  }),
  objects: Count,
  kinds: Type.Array(KindStatusView),
});
export type ClusterView = Static<typeof ClusterView>;
export const ClusterPage = page(ClusterView);
export type ClusterPage = Static<typeof ClusterPage>;
