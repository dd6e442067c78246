import type * as contracts from '@mooring/contracts';
import type { FieldsOf } from '@mooring/contracts';

/**
 * Who stands for a thing of which there may be only one connection. There are two: a cluster, by its UID, and a way into
 * one, by its address and credential. Both are streams of their own, so that claiming is one append at an exact revision.
 */
export type ClusterClaimEvent =
  | { readonly type: 'ClusterClaimed'; readonly data: FieldsOf<typeof contracts.ClusterClaimed> }
  | { readonly type: 'ClusterReleased'; readonly data: FieldsOf<typeof contracts.ClusterReleased> };

/** Kept within this service: an address and a credential concern nobody else. */
export type AccessClaimEvent =
  | { readonly type: 'AccessClaimed'; readonly data: { readonly accessId: string; readonly connectionId: string } }
  | { readonly type: 'AccessReleased'; readonly data: { readonly accessId: string; readonly connectionId: string } };

/** The connection that holds the claim; none when nobody ever did or it was released. */
export interface Claim {
  readonly holder?: string;
}

export const UNCLAIMED: Claim = {};

export function evolveClaim(claim: Claim, event: ClusterClaimEvent | AccessClaimEvent): Claim {
  switch (event.type) {
    case 'ClusterClaimed':
    case 'AccessClaimed':
      return { holder: event.data.connectionId };
    case 'ClusterReleased':
    case 'AccessReleased':
      return claim.holder === event.data.connectionId ? UNCLAIMED : claim;
    default:
      return claim;
  }
}

/**
 * Whether a connection may take the claim: when nobody holds it, when it holds it already (nothing to record then), or when
 * the holder named is known to be gone.
 */
export function mayClaim(
  claim: Claim,
  connectionId: string,
  gone?: string,
): 'take' | 'held' | { readonly heldBy: string } {
  if (claim.holder === undefined || claim.holder === gone) return 'take';
  return claim.holder === connectionId ? 'held' : { heldBy: claim.holder };
}
