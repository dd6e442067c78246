import type { ClusterLost, ClusterRefused, ClusterSeen, DataOf, Reason, SnapshotCompleted } from '@mooring/contracts';
import type { CommandContext, EventStore } from '@mooring/event-store';
import { handleCommand, load } from '@mooring/event-store';
import { connections } from '../aggregates.ts';
import { Failure } from '@mooring/kernel';
import { decide, type ConnectionCommand, type Observation } from '../domain/connection.decide.ts';
import type { Connection } from '../domain/connection.ts';
import type { Vault } from '../adapters/vault.ts';
import type { Claims } from './claims.ts';
import { registeringCommand } from './enter-contexts.ts';

export interface ObserveDeps {
  readonly store: EventStore;
  readonly claims: Claims;
  readonly vault: Vault;
}

type Seen = DataOf<typeof ClusterSeen>;

const run = (deps: ObserveDeps, connectionId: string, context: CommandContext, command: ConnectionCommand) =>
  handleCommand(deps.store, connections, connectionId, context, (state) => decide(command, state));

/** A look succeeded: the connection is discovered, if its cluster is not another connection's already. */
export async function onSeen(deps: ObserveDeps, seen: Seen, context: CommandContext): Promise<void> {
  const { state } = await load(deps.store, connections, seen.connectionId);
  if (state.status === 'unknown' || state.state === 'deleted') return;
  const observation = toObservation(seen, state);
  const decision = decide(observation, state);
  if (!decision.ok || decision.value.length === 0) return;
  if (observation.kind !== 'seen') {
    await run(deps, seen.connectionId, context, observation);
    return;
  }
  const claimed = await deps.claims.claimCluster(seen.clusterUid, state.id, context);
  if (!claimed.ok) {
    await supersede(deps, state, claimed.error.heldBy, context);
    return;
  }
  const outcome = await run(deps, state.id, context, observation);
  // Deleted between the look and the claim: whoever cleaned up after it did not know of this claim yet.
  if (outcome.ok && outcome.value.state.status === 'known' && outcome.value.state.state === 'deleted') {
    await deps.claims.releaseCluster(seen.clusterUid, state.id, context);
  }
}

/** An address that leads to another cluster than before does not make the connection that other cluster. */
function toObservation(seen: Seen, { clusterUid }: Connection): Observation {
  if (clusterUid !== undefined && clusterUid !== seen.clusterUid) {
    return {
      kind: 'refused',
      number: seen.observation,
      reason: {
        code: 'another-cluster',
        message:
          'The address leads to another cluster than before: the UID of its kube-system namespace is a different one.',
        suggestedRemediation: 'Delete this connection and import the kubeconfig again to manage the new cluster.',
      },
    };
  }
  return {
    kind: 'seen',
    number: seen.observation,
    clusterUid: seen.clusterUid,
    ...(seen.clusterVersion === undefined ? {} : { clusterVersion: seen.clusterVersion }),
  };
}

/** The cluster is another connection's: that one gets the credential and the intent, and this one ends. */
async function supersede(
  deps: ObserveDeps,
  loser: Connection,
  winnerId: string,
  context: CommandContext,
): Promise<void> {
  const [credential] = loser.credentials;
  await deps.vault.assign(credential.id, winnerId);
  const attached = await run(deps, winnerId, context, { kind: 'attach-credential', credential });
  if (attached.ok && attached.value.state.status === 'known' && attached.value.state.state === 'deleted') {
    throw new Failure('conflict', `connection ${winnerId} was deleted meanwhile; its claim is free for the next try`);
  }
  if (loser.intent === 'registered') {
    const { state: winner } = await load(deps.store, connections, winnerId);
    const command =
      winner.status === 'known' && winner.intent !== 'registered' ? registeringCommand(winner) : undefined;
    if (command !== undefined) await run(deps, winnerId, context, command);
  }
  await run(deps, loser.id, context, {
    kind: 'delete',
    by: 'policy',
    supersededBy: winnerId,
    reason: gaveWayTo(
      winnerId,
      attached.ok && attached.value.state.status === 'known' ? attached.value.state.name : '',
    ),
  });
  await deps.claims.claimAccess(credential.accessId, winnerId, context);
}

/** What the import and the history say: only to be said once the credential is the other one's. */
const gaveWayTo = (winnerId: string, winnerName: string): Reason => ({
  code: 'superseded',
  message: `Another connection${winnerName === '' ? '' : `, ${winnerName},`} stands for the same cluster: this credential was attached to it as a further way in. Of several the one is used that may read most.`,
  suggestedRemediation: `Look at connection ${winnerId}: this one has ended, and what happens to the cluster is told there.`,
});

export async function onLinked(
  deps: ObserveDeps,
  data: DataOf<typeof SnapshotCompleted>,
  context: CommandContext,
): Promise<void> {
  await run(deps, data.connectionId, context, { kind: 'linked', number: data.observation });
}

export async function onLost(
  deps: ObserveDeps,
  data: DataOf<typeof ClusterLost>,
  context: CommandContext,
): Promise<void> {
  await run(deps, data.connectionId, context, { kind: 'lost', number: data.observation, reason: data.reason });
}

export async function onRefused(
  deps: ObserveDeps,
  data: DataOf<typeof ClusterRefused>,
  context: CommandContext,
): Promise<void> {
  await run(deps, data.connectionId, context, { kind: 'refused', number: data.observation, reason: data.reason });
}
