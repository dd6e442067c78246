import { eventTypeOfStored, type CommandReceipt } from '@mooring/contracts';
import type { CommandOutcome } from '@mooring/event-store';
import { parseTraceparent } from '@mooring/kernel';
import { Problem } from '@mooring/service-host';
import { offeredActions, type ConnectionRejection } from '../domain/connection.decide.ts';
import type { Connection, ConnectionEvent, ConnectionFold } from '../domain/connection.ts';

/** The trace of what was recorded: a repeat answers that of the first time. */
export const recordedTrace = ({ traceparent }: { readonly traceparent?: string }, otherwise: string): string =>
  parseTraceparent(traceparent)?.traceId ?? otherwise;

/** What a command recorded, as the API answers it. */
export const toReceipt = (
  connection: Connection,
  outcome: CommandOutcome<ConnectionFold, ConnectionEvent>,
  traceId: string,
): CommandReceipt => ({
  id: connection.id,
  state: connection.state,
  revision: outcome.revision.toString(),
  recorded: outcome.recorded.map(({ event }) => eventTypeOfStored(event.type)?.type ?? event.type),
  allowedActions: [...offeredActions(connection)],
  traceId: recordedTrace(outcome, traceId),
});

/** A refused command as an answer that says what would have been allowed. */
export function toRejection(id: string, rejection: ConnectionRejection): Problem {
  if (rejection.kind === 'unknown-connection') {
    return new Problem(404, 'no-such-connection', 'There is no such connection', {
      detail: `No connection has the id ${id}.`,
    });
  }
  const { state, command, allowed } = rejection;
  return new Problem(409, 'action-not-allowed', 'The state of the connection does not allow this', {
    detail:
      allowed.length === 0
        ? `The connection is ${state}, and nothing can be asked of it any more.`
        : `The connection is ${state}, which does not allow ${command}; allowed: ${allowed.join(', ')}.`,
    extensions: { state, command, allowedActions: allowed },
  });
}
