export { startKubeCluster, type KubeCluster, type KubeClusterOptions, type KubeUser } from './kube-cluster.ts';
export type { Role } from './cluster-folder.ts';
export type { ChurnOptions, ChurnTally } from './churn.ts';
export type { Bundle } from './custom-types.ts';
export { collectionsRead, followAudit, type Audit, type Audited } from './audit.ts';
export { createKubeApi, type KubeApi, type KubeApiOptions, type KubeResponse } from './kube-api.ts';
export { formatKubeconfig, type KubeconfigContext, type KubeconfigOptions } from './kubeconfig.ts';
export { describeLists, listsAlone, listsIn, listsSince, type ServerLists } from './server-lists.ts';
export type { DeploymentsOptions } from './workloads.ts';
