import { probeCluster, type ClusterRefusal } from '@mooring/cluster-watch';
import { ok, refused, type Result } from '@mooring/kernel';
import type { Credentials } from '../adapters/credentials.ts';
import type { Desired } from '../domain/desired.ts';
import type { SeenCluster, Trouble } from '../domain/observed.ts';

export interface FailedLook {
  readonly trouble: Trouble;
  /** The cluster asked to be left alone for so long. */
  readonly retryAfterMs?: number;
}

/** Alternatives that are tried in one look, newest first. */
const CREDENTIALS_MAX = 5;

const anotherCluster: Trouble = {
  kind: 'refused',
  reason: {
    code: 'another-cluster',
    message:
      'The address leads to another cluster than before: the UID of its kube-system namespace is a different one.',
    suggestedRemediation: 'Delete this connection and import the kubeconfig again to manage the new cluster.',
  },
};

const noCredential: Trouble = {
  kind: 'refused',
  reason: {
    code: 'credential-missing',
    message: 'No credential for this cluster is known.',
    suggestedRemediation: 'Import the kubeconfig again.',
  },
};

/** What a refusal of the cluster means for its connection. */
export const toTrouble = ({ kind, reason, message, suggestedRemediation }: ClusterRefusal): Trouble =>
  reason === 'identity-changed'
    ? anotherCluster
    : { kind: kind === 'unreachable' ? 'lost' : 'refused', reason: { code: reason, message, suggestedRemediation } };

/**
 * One look at a connection's cluster: with its credentials, newest first, until one is let in. When none is, the newest one's
 * trouble is the answer. Throws a Failure only when the credentials cannot be asked for.
 */
export async function lookAt(
  { credentials: known, clusterUid }: Desired,
  credentials: Credentials,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Result<SeenCluster, FailedLook>> {
  let first: FailedLook | undefined;
  for (const { id } of known.slice(0, CREDENTIALS_MAX)) {
    const look = await lookWith(id, clusterUid, credentials, options);
    if (look.ok || options.signal.aborted) return look;
    first ??= look.error;
  }
  return refused(first ?? { trouble: noCredential });
}

async function lookWith(
  credentialId: string,
  expectedUid: string | undefined,
  credentials: Credentials,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Result<SeenCluster, FailedLook>> {
  const access = await credentials.open(credentialId);
  if (!access.ok) return refused({ trouble: access.error });
  const probed = await probeCluster(access.value, options);
  if (!probed.ok) {
    const { error } = probed;
    const retryAfterMs = error.kind === 'unreachable' ? error.retryAfterMs : undefined;
    return refused({ trouble: toTrouble(error), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
  const { uid, version, platform } = probed.value;
  if (expectedUid !== undefined && uid !== expectedUid) return refused({ trouble: anotherCluster });
  return ok({ uid, version, credentialId, ...(platform === undefined ? {} : { platform }) });
}
