import type { Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import { identify } from './identify.ts';
import type { ClusterIdentity } from './identity.ts';
import type { ClusterRefusal } from './refusal.ts';
import { openSession } from './session.ts';

export interface ProbeOptions {
  /** For the connection, the name look-up included, and again for the answers. Default 10,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * One look at a cluster: is it there, may we, and who is it? Reads the version, the namespace `kube-system` and the names of
 * the API groups over one connection that is closed afterwards. Never throws for what the world does.
 */
export async function probeCluster(
  access: ClusterAccess,
  { timeoutMs = 10_000, signal = new AbortController().signal }: ProbeOptions = {},
): Promise<Result<ClusterIdentity, ClusterRefusal>> {
  const opened = await openSession(access, { timeoutMs, signal, pingIntervalMs: timeoutMs, pingTimeoutMs: timeoutMs });
  if (!opened.ok) return opened;
  using session = opened.value;
  return await identify(session, { timeoutMs, signal });
}
