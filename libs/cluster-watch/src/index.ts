export type { ClusterAccess, ClusterAuth, ExecCredential } from './access.ts';
export type { ClusterRefusal, RefusedReason, UnreachableReason } from './refusal.ts';
export type { ClusterIdentity } from './identity.ts';
export { WATCHED_KINDS, type ResourceKind, type Tier, type WatchedKind } from './kinds.ts';
export { forbiddenKinds, probeCluster, type ProbeOptions } from './probe.ts';
export { watchCluster, type ClusterWatch, type WatchEnd } from './watch.ts';
export type { KnownObject, WatchLimits, WatchOptions, WatchTiming } from './watch-options.ts';
export type { ClusterSink, KindState, KindStatus, LinkLoss, ResourceChange, SnapshotSummary } from './sink.ts';
export type {
  Condition,
  DaemonSetRecord,
  DeploymentRecord,
  Endpoint,
  EndpointSliceRecord,
  NamespaceRecord,
  NodeRecord,
  Owner,
  PodRecord,
  RecordBase,
  ServicePort,
  ServiceRecord,
  SlimRecord,
  StatefulSetRecord,
} from './records/record.ts';
