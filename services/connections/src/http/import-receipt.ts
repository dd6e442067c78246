import type { ImportReceipt } from '@mooring/contracts';
import type { CommandOutcome } from '@mooring/event-store';
import type { Import, ImportEvent } from '../domain/import.ts';
import { recordedTrace } from './receipt.ts';

/** What was taken in, and what is known of each context already. */
export const toImportReceipt = (
  id: string,
  outcome: CommandOutcome<Import, ImportEvent>,
  traceId: string,
): ImportReceipt => ({
  id,
  revision: outcome.revision.toString(),
  traceId: recordedTrace(outcome, traceId),
  contexts: outcome.state.contexts.map(({ context, connectionId, server, reason }) => ({
    context,
    outcome: outcome.state.resolutions[context]?.outcome ?? (reason === undefined ? 'pending' : 'invalid'),
    ...(reason === undefined ? { connectionId } : { reason }),
    ...(server === undefined ? {} : { server }),
  })),
});
