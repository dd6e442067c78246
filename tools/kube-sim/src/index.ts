export { createSimulatedCluster, type SimulatedCluster, type SimulatedClusterOptions } from './cluster.ts';
export { createClusterKeys, type ClusterKeys, type KeyPair, type ServerCertificateOptions } from './certificates.ts';
export type { Faults, RespondFault } from './faults.ts';
export type { KindName } from './kinds.ts';
export { kubeconfigOf, type KubeconfigEntry } from './kubeconfig.ts';
export type { CountedRequest, RequestCounters } from './requests.ts';
export type { KubeObject, ObjectDraft, ObjectName } from './store.ts';
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
