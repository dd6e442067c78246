export { createSimulatedCluster, type SimulatedCluster, type SimulatedClusterOptions } from './cluster.ts';
export { createSimulatedFleet, type SimulatedFleet, type SimulatedFleetOptions } from './fleet.ts';
export { createClusterKeys, type ClusterKeys, type KeyPair, type ServerCertificateOptions } from './certificates.ts';
export type { BuiltinTypes } from './builtin-types.ts';
export type { ChurnOptions, ChurnTally } from './churn.ts';
export { crdDraft, GATEWAY_TYPES, ISTIO_TYPES, type AggregatedApi, type CustomType } from './custom-types.ts';
export type { Faults, RespondFault } from './faults.ts';
export { kubeconfigOf, type KubeconfigEntry } from './kubeconfig.ts';
export type { LazyContentOptions } from './lazy-content.ts';
export { oddDrafts, type OddDraft } from './odd-drafts.ts';
export type { CountedRequest, RequestCounters } from './requests.ts';
export type { KubeObject, ObjectDraft, ObjectName } from './store.ts';
export type { SimulatedType, TypeName, TypeName as KindName } from './types.ts';
export type { Right } from './users.ts';
export {
  daemonSetDraft,
  deploymentDraft,
  endpointSliceDraft,
  namespaceDraft,
  nodeDraft,
  podDraft,
  serviceDraft,
  statefulSetDraft,
} from './objects.ts';
