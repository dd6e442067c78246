import type { ImportReceipt } from '@mooring/contracts';
import type { CommandOutcome } from '@mooring/event-store';
import type { Import, ImportEvent } from '../domain/import.ts';

/** What was taken in, and what is known of each context already. */
export const toImportReceipt = (
  id: string,
  { state, revision }: CommandOutcome<Import, ImportEvent>,
  traceId: string,
): ImportReceipt => ({
  id,
  revision: revision.toString(),
  traceId,
  contexts: state.contexts.map(({ context, connectionId, server, reason }) => ({
    context,
    outcome: state.resolutions[context]?.outcome ?? (reason === undefined ? 'pending' : 'invalid'),
    ...(reason === undefined ? { connectionId } : { reason }),
    ...(server === undefined ? {} : { server }),
  })),
});
