import { Failure, isUuid } from '@mooring/kernel';
import type { NewEvent } from './event.ts';

/** What a server takes by default; data alone counts. */
const DATA_BYTES_MAX = 1_048_576;
const EVENTS_MAX = 10_000;

/**
 * Refuses what would break the client or the connection of everybody else instead of being refused by the server. Throws
 * Failure `invalid` for an id that is no UUID, `limit` for too much, and a plain error for what is a bug: no events, data that is no JSON.
 */
export function checkAppend(streamName: string, events: readonly NewEvent[]): void {
  if (events.length === 0) throw new Error(`append to ${streamName}: no events`);
  const bad = events.find(({ id }) => !isUuid(id));
  if (bad !== undefined) throw new Failure('invalid', `append to ${streamName}: "${bad.id}" is no UUID`);
  const dataBytes = events.reduce((sum, { data }) => sum + Buffer.byteLength(JSON.stringify(data)), 0);
  if (dataBytes <= DATA_BYTES_MAX && events.length <= EVENTS_MAX) return;
  throw new Failure('limit', `append to ${streamName}: ${dataBytes} bytes in ${events.length} events are too many`, {
    details: { dataBytes, dataBytesMax: DATA_BYTES_MAX, events: events.length, eventsMax: EVENTS_MAX },
  });
}
