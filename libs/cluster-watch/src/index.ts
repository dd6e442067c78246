export type { ClusterAccess, ClusterAuth, ExecCredential } from './access.ts';
export type { ClusterRefusal, RefusedReason, UnreachableReason } from './refusal.ts';
export type { ClusterIdentity } from './identity.ts';
export type { Distribution } from './distribution.ts';
export { placeOf, type ClusterPlace, type PlacedNode } from './place.ts';
export { BASIC_TYPES } from './basic-types.ts';
export { bucketOf, differingBuckets, DIGEST_BUCKETS, digestOf, type Digest, type DigestBucket } from './digest.ts';
export { packDigest, rootOf, unpackDigest, type DigestRoot } from './digest-root.ts';
export { apiVersionOf, collectionPathOf, type GroupResource, type ResourceType, type Tier } from './resource-type.ts';
export { DEFAULT_EXCLUDED, isSelected, type Choice, type Selection } from './selection.ts';
export { forbiddenKinds, probeCluster, type ProbeOptions } from './probe.ts';
export { watchCluster, type ClusterWatch, type WatchUsage } from './watch.ts';
export type { WatchEnd } from './run-links.ts';
export type { Attention } from './flush-pace.ts';
export type { KnownObject, KnownState, WatchLimits, WatchOptions, WatchTiming } from './watch-options.ts';
export type { ClusterSink, KindState, KindStatus, LinkLoss, ResourceChange, SnapshotSummary } from './sink.ts';
export type { Relation } from './records/relation.ts';
export { relationsOf } from './records/relations-of.ts';
export { depthOf, RECORD_TYPES } from './records/slim.ts';
export { RECORD_BYTES_MAX } from './records/bounds.ts';
export type {
  AuthorizationPolicyRecord,
  Condition,
  ConfigMapRecord,
  CronJobRecord,
  DaemonSetRecord,
  DeepRecord,
  DeploymentRecord,
  DestinationRuleRecord,
  Endpoint,
  EndpointSliceRecord,
  EnvoyFilterRecord,
  GatewayClassRecord,
  GatewayRecord,
  IngressRecord,
  IstioGatewayRecord,
  IstioOperatorRecord,
  JobRecord,
  MetadataRecord,
  NamespaceRecord,
  NodeRecord,
  Owner,
  PeerAuthenticationRecord,
  PersistentVolumeClaimRecord,
  PersistentVolumeRecord,
  PodRecord,
  RecordBase,
  ReferenceGrantRecord,
  ReplicaSetRecord,
  RequestAuthenticationRecord,
  RouteRecord,
  SailIstioRecord,
  SecretRecord,
  Selector,
  ServiceEntryRecord,
  ServicePort,
  ServiceRecord,
  SidecarRecord,
  SlimRecord,
  StatefulSetRecord,
  VirtualServiceRecord,
  WasmPluginRecord,
} from './records/record.ts';
