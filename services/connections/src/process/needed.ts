import { load, type EventStore } from '@mooring/event-store';
import { connections, imports } from '../aggregates.ts';
import type { KeptCredential } from '../adapters/vault.ts';

/**
 * Whether somebody still needs a credential, by the streams themselves, so that a read model which is behind can
 * not cost one: its context has no outcome yet, or a connection that is not deleted names it.
 */
export async function isNeeded(
  store: EventStore,
  { id, connectionId, importId }: Omit<KeptCredential, 'ageMs'>,
): Promise<boolean> {
  if (importId !== undefined) {
    const { state } = await load(store, imports, importId);
    const own = state.contexts.find(({ credentialId }) => credentialId === id);
    if (own !== undefined && !Object.hasOwn(state.resolutions, own.context)) return true;
  }
  const { state } = await load(store, connections, connectionId);
  return state.status === 'known' && state.state !== 'deleted' && state.credentials.some((named) => named.id === id);
}
