import type { ClusterPlace, GroupResource, Tier } from '@mooring/cluster-watch';
import type { ConnectionState, Intent, Reason, ResourceState } from '@mooring/contracts';
import type { ColumnType, Generated } from 'kysely';
import type { Cause, DesiredCredential } from '../domain/desired.ts';
import type { Mode } from '../domain/mode.ts';

/** JSON columns come as values and go in as text. */
type Json<T> = ColumnType<T, string, string>;
type OptionalJson<T> = ColumnType<T | null, string | null, string | null>;

/** What should be so, one row per connection ever heard of; a deleted one stays, so that a late event cannot bring it back. */
export interface DesiredConnectionRow {
  connection_id: string;
  name: string;
  state: ConnectionState;
  intent: Intent;
  decision: number;
  sequence: number;
  withdrawn: boolean;
  mode: Mode;
  reason: OptionalJson<Reason>;
  server: string | null;
  credentials: Json<readonly DesiredCredential[]>;
  cluster_uid: string | null;
  cause: Json<Cause>;
  /** Counts the changes of this row. */
  version: number;
  /** It is deleted, and nothing in the inventory is left of it. */
  erased: Generated<boolean>;
  /** When somebody last looked at its cluster, to within a few seconds; null: never. No change of the row as `version` counts them. */
  viewed_at: ColumnType<Date | null, never, Date>;
}

export type WatchPhase = 'resting' | 'looking' | 'connecting' | 'snapshot' | 'live' | 'away';

export interface ClusterRow {
  connection_id: string;
  /** Only this watch writes; a newer one fences it. */
  epoch: number;
  uid: string | null;
  version: string | null;
  platform: string | null;
  watch: WatchPhase;
  reason: OptionalJson<Reason>;
  snapshot_at: Date | null;
  last_seen_at: Date | null;
  /** Commit position of the newest observation of it. */
  position: bigint | null;
  /** Number of its last batch of changes; each says what the inventory is after it. */
  batch: Generated<bigint>;
  /** When each tier was reached on the present link, RFC 3339. */
  tiers: ColumnType<Readonly<Partial<Record<Tier, string>>>, string | undefined, string>;
  /** What else is known of the cluster itself. */
  identity: OptionalJson<Readonly<Record<string, unknown>>>;
  /** Where its nodes are, as the library's `placeOf` tells of them; null before it was asked. */
  place: OptionalJson<ClusterPlace>;
  /** Nodes changed since `place` was told of them. */
  nodes_changed: Generated<boolean>;
  /** Since when nobody follows it, so that what is kept may be old; null while it is followed. */
  stale_since: Date | null;
  /** That has lasted longer than the grace period: kept and marked, and counted nowhere. */
  outdated: Generated<boolean>;
}

export interface KindStatusRow {
  connection_id: string;
  type: GroupResource;
  kind: string;
  state: string;
  reason: string | null;
  since: Date;
  /** Null for a kind that was noted before there were tiers. */
  tier: string | null;
  /** `record` or `metadata`. */
  depth: string | null;
  /** Rows of it in `resource`. */
  objects: Generated<number>;
  /** What could not be taken in. */
  left_out: Generated<number>;
  /** Its first state was read whole; what comes before that has not been added just then. */
  read_once: Generated<boolean>;
  /** Since when nobody can follow it, so that what is kept of it may be old; null while it is followed. */
  stale_since: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** That has lasted longer than the grace period: kept and marked, and counted nowhere. */
  outdated: Generated<boolean>;
}

/** One object of a cluster; its key is the connection, the object's own UID and its type. */
export interface ResourceRow {
  connection_id: string;
  uid: string;
  type: GroupResource;
  kind: string;
  api_version: string;
  /** Empty for what lives in none. */
  namespace: string;
  name: string;
  labels: Json<Readonly<Record<string, string>>>;
  record: Json<Readonly<Record<string, unknown>>>;
  hash: string;
  /** `bucketOf(uid)` and `digestOf(uid, hash)` of the library. */
  bucket: number;
  digest: bigint;
  /** `termsOf(…)`, as a tsvector. */
  terms: Generated<string>;
  /** `stateOf(record)`; empty where it is not known. */
  state: Generated<ResourceState | ''>;
  created_at: Date | null;
  observed_at: Date;
}

/** How many objects there are; kept by triggers of `resource`. */
export interface ResourceCountRow {
  /** 0: of each type in each namespace; 1: of each type, `namespace` is empty; 2: in each namespace, `type` is empty. */
  level: 0 | 1 | 2;
  connection_id: string;
  type: GroupResource;
  namespace: string;
  state: ResourceState | '';
  objects: number;
}

/** What an object says about another. Either `selector` is there, or a name or uid. */
export interface RelationRow {
  connection_id: string;
  from_uid: string;
  from_type: GroupResource;
  /** Numbers the relations of one object from 0. */
  ordinal: number;
  relation: string;
  to_kind: string;
  to_type: GroupResource | null;
  /** Empty for what lives in none, or when it is not known; null for a selector, which is then about all namespaces and what lives in none. */
  to_namespace: string | null;
  to_name: string | null;
  to_uid: string | null;
  selector: OptionalJson<Readonly<Record<string, string>>>;
}

/** What happened to an object lately. What was there when a cluster, or a kind of it, was first read is not among it. */
export interface ResourceChangeRow {
  id: Generated<bigint>;
  connection_id: string;
  uid: string;
  type: GroupResource;
  kind: string;
  namespace: string;
  name: string;
  op: 'added' | 'changed' | 'removed';
  at: Date;
  batch: bigint;
  /** Names of the top-level fields that differ, sorted; empty unless `changed`. */
  fields: string[];
  hash_before: string | null;
  hash_after: string | null;
}

/** A CloudEvent on its way to the stream `INVENTORY`; gone when it is there. */
export interface InventoryOutboxRow {
  id: Generated<bigint>;
  connection_id: string;
  batch: bigint;
  event_id: string;
  /** Its CloudEvents type. */
  type: string;
  event: string;
  bytes: number;
  created_at: Date;
}

/** One row: up to where the stream is known to hold what was taken out of the outbox. */
export interface InventoryStreamRow {
  one: Generated<boolean>;
  last_sequence: bigint;
}

/** The last batch of each connection that the stream is known to hold; of an erased one for a day. */
export interface InventoryPublishedRow {
  connection_id: string;
  batch: bigint;
  sequence: bigint;
  /** When it was taken out of the outbox. */
  at: Generated<Date>;
}

export interface DiscoveryDatabase {
  desired_connection: DesiredConnectionRow;
  cluster: ClusterRow;
  kind_status: KindStatusRow;
  resource: ResourceRow;
  resource_count: ResourceCountRow;
  relation: RelationRow;
  resource_change: ResourceChangeRow;
  inventory_outbox: InventoryOutboxRow;
  inventory_stream: InventoryStreamRow;
  inventory_published: InventoryPublishedRow;
}
