import type { CommandContext } from '@mooring/event-store';
import { load } from '@mooring/event-store';
import { connections } from '../aggregates.ts';
import type { Connection } from '../domain/connection.ts';
import type { Resolution } from '../domain/import.ts';
import type { EnterContextsDeps } from './enter-contexts.ts';

/** What a connection's state says about the context it came from; nothing while it is still being looked for. */
export function outcomeOf(connection: Connection): Resolution | undefined {
  const { id, state, reason, supersededBy } = connection;
  const because = reason === undefined ? {} : { reason };
  switch (state) {
    case 'not_found':
      return reason === undefined || reason.code === 'probing'
        ? undefined
        : { outcome: 'unreachable', connectionId: id, ...because };
    case 'disconnected':
      return { outcome: 'refused', connectionId: id, ...because };
    case 'deleted':
      return supersededBy === undefined
        ? { outcome: 'deleted', connectionId: id }
        : { outcome: 'superseded', connectionId: supersededBy, ...because };
    case 'discovered':
      return connection.intent === 'none' ? { outcome: 'registered', connectionId: id } : undefined;
    case 'registered':
    case 'connected':
    case 'ignored':
    case 'maintenance':
      return { outcome: 'registered', connectionId: id };
  }
}

/** Tells the import a connection came from how it went. */
export async function accountForContext(
  deps: EnterContextsDeps,
  connectionId: string,
  context: CommandContext,
): Promise<void> {
  const { state } = await load(deps.store, connections, connectionId);
  if (state.status === 'unknown' || state.importId === undefined) return;
  const outcome = outcomeOf(state);
  const original = state.credentials.at(-1);
  if (outcome === undefined || original === undefined) return;
  await deps.outcomes.record(state.importId, new Map([[original.endpoint.context, outcome]]), context);
}

/** A deleted connection gives up its claims and its credentials; one that was superseded left them to the winner. */
export async function cleanUpAfter(
  deps: EnterContextsDeps,
  connectionId: string,
  context: CommandContext,
): Promise<void> {
  const { state } = await load(deps.store, connections, connectionId);
  if (state.status === 'unknown' || state.state !== 'deleted') return;
  if (state.supersededBy !== undefined) {
    for (const { accessId } of state.credentials) await deps.claims.claimAccess(accessId, state.supersededBy, context);
    return;
  }
  if (state.clusterUid !== undefined) await deps.claims.releaseCluster(state.clusterUid, connectionId, context);
  for (const { accessId } of state.credentials) await deps.claims.releaseAccess(accessId, connectionId, context);
  await deps.credentials.forget(state.credentials.map(({ id }) => id));
}
