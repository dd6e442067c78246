import { forbiddenKinds, probeCluster, type ClusterRefusal } from '@mooring/cluster-watch';
import { ok, refused, type Result } from '@mooring/kernel';
import type { Credentials } from '../adapters/credentials.ts';
import type { Desired } from '../domain/desired.ts';
import { modeOf } from '../domain/mode.ts';
import type { SeenCluster, Trouble } from '../domain/observed.ts';

export interface FailedLook {
  readonly trouble: Trouble;
  /** The cluster asked to be left alone for so long. */
  readonly retryAfterMs?: number;
}

export interface LookOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
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
 * trouble is the answer. A cluster that is to be watched is seen with the credential that may read most of it, the newest of
 * those that may read as much: one that came with another kubeconfig and has fewer rights must not hide anything, and one
 * that has more is used. Throws a Failure only when the credentials cannot be asked for.
 */
export async function lookAt(
  desired: Desired,
  credentials: Credentials,
  options: LookOptions,
): Promise<Result<SeenCluster, FailedLook>> {
  const known = desired.credentials.slice(0, CREDENTIALS_MAX);
  const compares = modeOf(desired) === 'watch' && known.length > 1;
  let first: FailedLook | undefined;
  let best: { readonly seen: SeenCluster; readonly forbidden: number } | undefined;
  for (const { id } of known) {
    const look = await lookWith(id, desired.clusterUid, credentials, options);
    if (options.signal.aborted || (look.ok && !compares)) return look;
    if (look.ok) {
      const forbidden = await countForbidden(id, credentials, options);
      if (forbidden === 0) return look;
      if (best === undefined || forbidden < best.forbidden) best = { seen: look.value, forbidden };
    } else first ??= look.error;
  }
  return best === undefined ? refused(first ?? { trouble: noCredential }) : ok(best.seen);
}

async function countForbidden(credentialId: string, credentials: Credentials, options: LookOptions): Promise<number> {
  const access = await credentials.open(credentialId);
  return access.ok ? (await forbiddenKinds(access.value, options)).length : Number.POSITIVE_INFINITY;
}

async function lookWith(
  credentialId: string,
  expectedUid: string | undefined,
  credentials: Credentials,
  options: LookOptions,
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
