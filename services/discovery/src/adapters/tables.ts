import type { ConnectionState, Intent, Reason } from '@mooring/contracts';
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
}

export interface KindStatusRow {
  connection_id: string;
  kind: string;
  state: string;
  reason: string | null;
  since: Date;
}

/** One object of a cluster; its key is the connection and the object's own UID. */
export interface ResourceRow {
  connection_id: string;
  uid: string;
  kind: string;
  api_version: string;
  /** Empty for what lives in none. */
  namespace: string;
  name: string;
  labels: Json<Readonly<Record<string, string>>>;
  record: Json<Readonly<Record<string, unknown>>>;
  hash: string;
  created_at: Date | null;
  observed_at: Date;
}

export interface DiscoveryDatabase {
  desired_connection: DesiredConnectionRow;
  cluster: ClusterRow;
  kind_status: KindStatusRow;
  resource: ResourceRow;
}
