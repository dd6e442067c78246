import type { ClusterAccess } from '@mooring/cluster-watch';
import type { SimulatedCluster } from '@mooring/kube-sim';

/** The access that the cluster's own kubeconfig describes. */
export const accessOf = ({ server, keys }: SimulatedCluster): ClusterAccess => ({
  server,
  caPem: keys.caPem,
  auth: { kind: 'token', token: keys.token },
});
