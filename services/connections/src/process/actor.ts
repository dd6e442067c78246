import type { CloudEvent } from '@mooring/contracts';
import type { CommandContext } from '@mooring/event-store';

/** What follows from an event belongs to the same operation, is done for the same person, and names the event as its cause. */
export const causedBy = (event: CloudEvent, systemId: string): CommandContext => ({
  correlationId: event.correlationid,
  causationId: event.id,
  systemId,
  ...(event.userid === undefined ? {} : { userId: event.userid }),
});
