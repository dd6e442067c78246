import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { EventLog } from './event-log.ts';

/** The data of the newest event of a stream, as text; nothing of a stream without events. */
export function lastData(log: EventLog, name: string): string | undefined {
  const stream = log.stream(name);
  const [row] = log.readBackwards(stream, stream.last, 0, 0, { rows: 1, bytes: 1 });
  if (row === undefined) return undefined;
  const event = streams.ReadResp.ReadEvent.RecordedEvent.deserializeBinary(row.record);
  return Buffer.from(event.getData_asU8()).toString('utf8');
}
