import type { ErrorDescription, Narrative, Reason, SeverityText } from '@mooring/contracts';
import type { AccessClaimEvent, ClusterClaimEvent } from './domain/claim.ts';
import type { ConnectionEvent } from './domain/connection.ts';
import type { ImportEvent } from './domain/import.ts';

export type ConnectionsEvent = ConnectionEvent | ClusterClaimEvent | AccessClaimEvent | ImportEvent;

/** How an event is told to a person, and how loudly. */
export interface Telling {
  readonly severity: SeverityText;
  readonly narrative: Narrative;
}

const quietly = (summary: string, message: string): Telling => ({
  severity: 'informational',
  narrative: { summary, message },
});

/** Whoever decided it, in words. */
const BY = { person: 'by a person', policy: 'by policy', observation: 'as observed' } as const;

const describeError = (severity: SeverityText, reason: Reason, shortDescription: string): ErrorDescription => ({
  code: reason.code,
  moniker: reason.code.replaceAll('-', '_'),
  severity,
  shortDescription,
  longDescription: reason.message,
  probableCause: reason.message,
  suggestedRemediation: reason.suggestedRemediation ?? 'Look at the reason, and reconnect when it is mended.',
});

function loudly(severity: 'warning' | 'error', summary: string, message: string, reason: Reason | undefined): Telling {
  const error = reason === undefined ? {} : { error: describeError(severity, reason, summary) };
  return { severity, narrative: { summary, message, ...error } };
}

/**
 * What a stored event says to people. Pure and stable: the words of an event never change once it can have been
 * published, since a relay may have to publish it again.
 */
export function tell(event: ConnectionsEvent): Telling {
  switch (event.type) {
    case 'ConnectionEntered':
      return quietly(
        'Connection entered',
        `${event.data.name} (${event.data.endpoint.server}) was entered and is being looked for.`,
      );
    case 'ConnectionDiscovered':
      return quietly('Cluster discovered', `${event.data.name} is there: cluster ${event.data.clusterUid}.`);
    case 'ConnectionRegistered':
      return quietly('Connection registered', `${event.data.name} was registered ${BY[event.data.by]}.`);
    case 'ConnectionConnected':
      return quietly('Connection connected', `${event.data.name} is connected: its first snapshot is complete.`);
    case 'ConnectionIgnored':
      return quietly('Connection ignored', `${event.data.name} is ignored from now on, decided ${BY[event.data.by]}.`);
    case 'ConnectionPutInMaintenance':
      return quietly('Maintenance begun', `${event.data.name} is in maintenance: it is watched, and nobody is told.`);
    case 'ConnectionLinked':
      return quietly('Data flows', `${event.data.name} gives data again while it is in maintenance.`);
    case 'ProbeRequested':
      return quietly('Look requested', `${event.data.name} is looked for again, asked ${BY[event.data.by]}.`);
    case 'CredentialAttached':
      return quietly(
        'Credential attached',
        `${event.data.name} has a further way in, from context ${event.data.endpoint.context}.`,
      );
    case 'ConnectionDeleted':
      return quietly(
        'Connection deleted',
        event.data.supersededBy === undefined
          ? `${event.data.name} was deleted ${BY[event.data.by]}.`
          : `${event.data.name} ended: connection ${event.data.supersededBy} stands for the same cluster.`,
      );
    case 'ConnectionDisconnected':
      return tellDisconnected(event);
    case 'ConnectionNotFound':
      return event.data.previousState === 'maintenance' || event.data.previousState === 'ignored'
        ? quietly(
            'Cluster not found',
            `${event.data.name} cannot be found: ${event.data.reason?.message ?? 'no reason is known'}`,
          )
        : loudly(
            'warning',
            'Cluster not found',
            `${event.data.name} cannot be found: ${event.data.reason?.message ?? 'no reason is known'}`,
            event.data.reason,
          );
    case 'ClusterClaimed':
      return quietly(
        'Cluster claimed',
        `Connection ${event.data.connectionId} stands for cluster ${event.data.clusterUid}.`,
      );
    case 'ClusterReleased':
      return quietly('Cluster released', `No connection stands for cluster ${event.data.clusterUid} any more.`);
    case 'AccessClaimed':
    case 'AccessReleased':
      return quietly('Access', `Connection ${event.data.connectionId}.`);
    case 'ImportRequested':
      return quietly('Import requested', `A kubeconfig with ${event.data.contexts.length} contexts was handed in.`);
    case 'ContextResolved':
      return quietly('Context accounted for', `Context ${event.data.context}: ${event.data.outcome}.`);
    case 'ImportCompleted':
      return quietly('Import completed', `Every context has its outcome: ${tellOutcomes(event.data.outcomes)}.`);
  }
}

/** What a person asked for, or what is ignored or in maintenance, is nothing to wake anybody for. */
function tellDisconnected({ data }: Extract<ConnectionEvent, { type: 'ConnectionDisconnected' }>): Telling {
  const { name, by, previousState, reason } = data;
  if (by !== 'observation') return quietly('Connection disconnected', `${name} was disconnected ${BY[by]}.`);
  const message = `${name} is disconnected: ${reason?.message ?? 'no reason is known'}`;
  if (previousState === 'maintenance' || previousState === 'ignored')
    return quietly('Connection disconnected', message);
  return reason === undefined
    ? loudly('warning', 'Connection disconnected', message, undefined)
    : loudly('error', 'Connection disconnected', message, reason);
}

const tellOutcomes = (outcomes: Readonly<Record<string, number>>): string =>
  Object.entries(outcomes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
