/** The cluster could not be reached; the same look, made later, may succeed. */
export type UnreachableReason =
  'dns-failure' | 'connection-refused' | 'timeout' | 'network' | 'stalled' | 'server-error' | 'throttled';

/** The cluster, or a rule of ours, says no; only a changed access, right or cluster helps. */
export type RefusedReason =
  | 'unauthorized'
  | 'forbidden'
  | 'tls-untrusted'
  | 'tls-name-mismatch'
  | 'tls-expired'
  | 'tls-client-certificate'
  | 'credential-unusable'
  | 'uid-unreadable'
  | 'identity-changed'
  | 'not-kubernetes'
  | 'http2-unsupported'
  | 'http-not-allowed'
  | 'address-not-allowed'
  | 'address-invalid';

interface Explained {
  /** For a person; never holds a secret. */
  readonly message: string;
  /** What to do about it, for a person. */
  readonly suggestedRemediation: string;
}

/**
 * Why a cluster cannot be used now. `unreachable` is *lost* to the connection machine, `refused` is *refused*.
 * `retryAfterMs` is there when the server said when to come back.
 */
export type ClusterRefusal =
  | (Explained & {
      readonly kind: 'unreachable';
      readonly reason: UnreachableReason;
      readonly retryAfterMs?: number;
    })
  | (Explained & { readonly kind: 'refused'; readonly reason: RefusedReason });
