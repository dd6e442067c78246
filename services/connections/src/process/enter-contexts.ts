import type { CommandContext, EventStore } from '@mooring/event-store';
import { handleCommand, load } from '@mooring/event-store';
import { ok } from '@mooring/kernel';
import { connections, imports } from '../aggregates.ts';
import { decide, type ConnectionRejection, type IntentCommand } from '../domain/connection.decide.ts';
import type { Connection, ConnectionEvent, ConnectionFold } from '../domain/connection.ts';
import type { ImportContext, Resolution } from '../domain/import.ts';
import type { Outcomes } from './outcomes.ts';
import type { Claims } from './claims.ts';
import type { CredentialDelivery } from './credentials.ts';

export interface EnterContextsDeps {
  readonly store: EventStore;
  readonly claims: Claims;
  readonly credentials: CredentialDelivery;
  /** Outcomes of one import come from many handlers at once; without it they would all race for one revision. */
  readonly outcomes: Outcomes;
}

/** How many contexts are worked on at once: enough to hide the store's latency, few enough to leave it to others. */
const AT_ONCE = 16;

/**
 * Makes a connection of every usable context of a recorded import, and gives the others their outcome. Every step finds its own
 * earlier try, so it may run again from the start after a crash.
 */
export async function enterContexts(deps: EnterContextsDeps, importId: string, context: CommandContext): Promise<void> {
  const { state } = await load(deps.store, imports, importId);
  const open = state.contexts.filter((candidate) => !Object.hasOwn(state.resolutions, candidate.context));
  for (let start = 0; start < open.length; start += AT_ONCE) {
    const slice = open.slice(start, start + AT_ONCE);
    const outcomes = await Promise.all(slice.map((candidate) => enterContext(deps, importId, candidate, context)));
    const resolved = slice.flatMap((candidate, index) => {
      const outcome = outcomes[index];
      return outcome === undefined ? [] : [[candidate, outcome] as const];
    });
    await deps.outcomes.record(
      importId,
      new Map(resolved.map(([{ context: name }, outcome]) => [name, outcome])),
      context,
    );
    // Not before: a try that is cut off may find the access free the next time, and enters its connection with this credential.
    await deps.credentials.forget(
      resolved.flatMap(([{ credentialId }, { outcome }]) =>
        outcome === 'known' && credentialId !== undefined ? [credentialId] : [],
      ),
    );
  }
}

/** The outcome of a context that has one already; none for a connection that still has to be looked for. */
async function enterContext(
  deps: EnterContextsDeps,
  importId: string,
  candidate: ImportContext,
  context: CommandContext,
): Promise<Resolution | undefined> {
  const { connectionId, server, accessId, credentialId, fingerprint, credentialExpiresAt, reason } = candidate;
  if (server === undefined || accessId === undefined || credentialId === undefined || fingerprint === undefined) {
    return { outcome: 'invalid', ...(reason === undefined ? {} : { reason }) };
  }
  // Entered by an earlier try: from then on its outcome is its own story, and its credential may be another connection's.
  const { state } = await load(deps.store, connections, connectionId);
  if (state.status === 'known') return undefined;
  const claimed = await deps.claims.claimAccess(accessId, connectionId, context);
  if (!claimed.ok) {
    await meanToRegister(deps.store, claimed.error.heldBy, context);
    return { outcome: 'known', connectionId: claimed.error.heldBy };
  }
  await deps.credentials.deliver(credentialId);
  const endpoint = { server, context: candidate.context };
  const expiry = credentialExpiresAt === undefined ? {} : { expiresAt: credentialExpiresAt };
  await handleCommand(deps.store, connections, connectionId, context, (state) =>
    decide(
      {
        kind: 'enter',
        connectionId,
        name: candidate.context,
        endpoint,
        credential: { id: credentialId, accessId, fingerprint, endpoint, ...expiry },
        intent: 'registered',
        importId,
      },
      state,
    ),
  );
  return undefined;
}

/** The command by which an import's intent reaches a connection that is known already; none where it holds or must not be touched. */
export function registeringCommand({ state, intent, reason }: Connection): IntentCommand | undefined {
  // It was entered a moment ago, to be registered: it is being looked for, and a new decision would only void that look.
  if (state === 'not_found' && intent === 'registered' && reason?.code === 'probing') return undefined;
  switch (state) {
    case 'discovered':
    case 'ignored':
      return { kind: 'register', by: 'policy' };
    case 'disconnected':
    case 'not_found':
      return { kind: 'reconnect', by: 'policy' };
    case 'registered':
    case 'connected':
    case 'maintenance':
    case 'deleted':
      return undefined;
  }
}

/** Importing states the intent to register, also for what is known already. */
export async function meanToRegister(store: EventStore, connectionId: string, context: CommandContext): Promise<void> {
  await handleCommand<ConnectionFold, ConnectionEvent, ConnectionRejection>(
    store,
    connections,
    connectionId,
    context,
    (state) => {
      const command = state.status === 'known' ? registeringCommand(state) : undefined;
      return command === undefined ? ok([]) : decide(command, state);
    },
  );
}
