import type { Distribution } from './distribution.ts';

/** Who a cluster is. The UID is that of its namespace `kube-system`: it survives new addresses, names and certificates. */
export interface ClusterIdentity {
  readonly uid: string;
  /** As `/version` gives it, e.g. `v1.35.4`; `unknown` where that may not be read. */
  readonly version: string;
  /** Operating system and architecture of the API server, e.g. `linux/amd64`. */
  readonly platform?: string;
  /** Names of the served API groups without the core group, sorted; left out where they cannot be read. */
  readonly apiGroups?: readonly string[];
  /** Left out where the cluster does not show it for certain; `placeOf` its nodes may. */
  readonly distribution?: Distribution;
  /** Who runs it, e.g. `aws`, where the API server's name tells. */
  readonly provider?: string;
  /** Where the API server's name tells. */
  readonly region?: string;
}
