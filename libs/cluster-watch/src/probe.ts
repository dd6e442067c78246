import { Failure, type Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import type { ClusterIdentity } from './identity.ts';
import type { ClusterRefusal } from './refusal.ts';

export interface ProbeOptions {
  /** For everything together, the name look-up included. Default 10,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * One look at a cluster: is it there, may we, and who is it? Reads the version, the namespace `kube-system` and the names of
 * the API groups over one connection that is closed afterwards. Never throws for what the world does.
 */
export function probeCluster(
  access: ClusterAccess,
  options: ProbeOptions = {},
): Promise<Result<ClusterIdentity, ClusterRefusal>> {
  return Promise.reject(new Failure('unavailable', `not built yet: ${access.server} ${options.timeoutMs ?? 0}`));
}
