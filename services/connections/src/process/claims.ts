import type { EventStore, CommandContext } from '@mooring/event-store';
import { handleCommand, load } from '@mooring/event-store';
import { nameUuid, ok, refused, type Result } from '@mooring/kernel';
import { accessClaims, clusterClaims, connections } from '../aggregates.ts';
import { mayClaim, type Claim } from '../domain/claim.ts';

/** The id of a cluster, by which its claims are found: a name made from the UID of `kube-system`. */
export const clusterIdOf = (clusterUid: string): string => nameUuid('cluster', clusterUid);

/** Another connection holds the claim, and it is alive. */
export interface HeldBy {
  readonly heldBy: string;
}

export interface Claims {
  /** Succeeds for whoever is first, and for the holder again. The claim of a connection that was deleted can be taken over. */
  claimCluster(clusterUid: string, connectionId: string, context: CommandContext): Promise<Result<void, HeldBy>>;
  claimAccess(accessId: string, connectionId: string, context: CommandContext): Promise<Result<void, HeldBy>>;
  /** Gives a claim up; nothing happens when it is somebody else's. */
  releaseCluster(clusterUid: string, connectionId: string, context: CommandContext): Promise<void>;
  releaseAccess(accessId: string, connectionId: string, context: CommandContext): Promise<void>;
}

export function createClaims(store: EventStore): Claims {
  const isGone = async (connectionId: string): Promise<boolean> => {
    const { state } = await load(store, connections, connectionId);
    return state.status === 'known' && state.state === 'deleted';
  };

  /** Tries to claim; when somebody holds it, looks whether that one is gone, and tries once more knowing so. */
  const claim = async (
    attempt: (gone: string | undefined) => Promise<Result<unknown, HeldBy>>,
  ): Promise<Result<void, HeldBy>> => {
    const first = await attempt(undefined);
    if (first.ok) return ok(undefined);
    if (!(await isGone(first.error.heldBy))) return first;
    const second = await attempt(first.error.heldBy);
    return second.ok ? ok(undefined) : second;
  };

  const decideClaim =
    <E>(connectionId: string, gone: string | undefined, event: E) =>
    (state: Claim): Result<readonly E[], HeldBy> => {
      const verdict = mayClaim(state, connectionId, gone);
      if (verdict === 'held') return ok([]);
      return verdict === 'take' ? ok([event]) : refused(verdict);
    };

  const decideRelease =
    <E>(connectionId: string, event: E) =>
    (state: Claim): Result<readonly E[], never> =>
      ok(state.holder === connectionId ? [event] : []);

  return {
    claimCluster: (clusterUid, connectionId, context) => {
      const clusterId = clusterIdOf(clusterUid);
      const event = { type: 'ClusterClaimed', data: { clusterId, clusterUid, connectionId } } as const;
      return claim((gone) =>
        handleCommand(store, clusterClaims, clusterId, context, decideClaim(connectionId, gone, event)),
      );
    },
    claimAccess: (accessId, connectionId, context) => {
      const event = { type: 'AccessClaimed', data: { accessId, connectionId } } as const;
      return claim((gone) =>
        handleCommand(store, accessClaims, accessId, context, decideClaim(connectionId, gone, event)),
      );
    },
    async releaseCluster(clusterUid, connectionId, context) {
      const clusterId = clusterIdOf(clusterUid);
      const event = { type: 'ClusterReleased', data: { clusterId, clusterUid, connectionId } } as const;
      await handleCommand(store, clusterClaims, clusterId, context, decideRelease(connectionId, event));
    },
    async releaseAccess(accessId, connectionId, context) {
      const event = { type: 'AccessReleased', data: { accessId, connectionId } } as const;
      await handleCommand(store, accessClaims, accessId, context, decideRelease(connectionId, event));
    },
  };
}
