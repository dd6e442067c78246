export { startKubeCluster, type KubeCluster, type KubeClusterOptions, type KubeUser } from './kube-cluster.ts';
export type { Role } from './cluster-folder.ts';
export type { ChurnOptions, ChurnTally } from './churn.ts';
export type { Bundle } from './custom-types.ts';
export { createKubeApi, type KubeApi, type KubeApiOptions, type KubeResponse } from './kube-api.ts';
export { formatKubeconfig, type KubeconfigContext, type KubeconfigOptions } from './kubeconfig.ts';
export { describeLists, listsIn, listsSince, type ServerLists } from './server-lists.ts';
export type { DeploymentsOptions } from './workloads.ts';
