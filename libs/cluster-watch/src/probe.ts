import type { Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import { BASIC_TYPES } from './basic-types.ts';
import { identify } from './identify.ts';
import type { ClusterIdentity } from './identity.ts';
import type { ClusterRefusal } from './refusal.ts';
import { collectionPathOf, type GroupResource } from './resource-type.ts';
import { openSession } from './session.ts';

export interface ProbeOptions {
  /** For the connection, the name look-up included, and again for the answers; before them for a credential program. Default 10,000. */
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
  return await identify(session, { timeoutMs, signal, server: access.server });
}

/** One object of any kind fits. */
const LIST_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The basic types that this access is not allowed to list, found by asking for one object of each. A kind that gave another answer
 * or none counts as allowed: only a 403 is certain. Never throws for what the world does.
 */
export async function forbiddenKinds(
  access: ClusterAccess,
  { timeoutMs = 10_000, signal = new AbortController().signal }: ProbeOptions = {},
): Promise<readonly GroupResource[]> {
  const opened = await openSession(access, { timeoutMs, signal, pingIntervalMs: timeoutMs, pingTimeoutMs: timeoutMs });
  if (!opened.ok) return [];
  using session = opened.value;
  const forbidden = await Promise.all(
    BASIC_TYPES.map(async (type) => {
      const answer = await session.get(`${collectionPathOf(type)}?limit=1`, {
        timeoutMs,
        signal,
        bytesMax: LIST_BYTES_MAX,
      });
      return answer.ok && answer.value.status === 403 ? [type.groupResource] : [];
    }),
  );
  return forbidden.flat();
}
