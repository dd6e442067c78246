import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { eventResponse } from '../wire/responses.ts';

/** A stored record as the client asked for it: ids as text, as they are stored, or in two halves. */
export function toEventResponse(record: Uint8Array, position: number, structuredIds: boolean): Buffer {
  return eventResponse(structuredIds ? withStructuredId(record) : record, position);
}

function withStructuredId(record: Uint8Array): Uint8Array {
  const event = streams.ReadResp.ReadEvent.RecordedEvent.deserializeBinary(record);
  const hex = event.getId()?.getString().replaceAll('-', '') ?? '';
  const half = (text: string): string => BigInt.asIntN(64, BigInt(`0x${text}`)).toString();
  const structured = new shared.UUID.Structured();
  structured.setMostSignificantBits(half(hex.slice(0, 16)));
  structured.setLeastSignificantBits(half(hex.slice(16)));
  const id = new shared.UUID();
  id.setStructured(structured);
  event.setId(id);
  return event.serializeBinary();
}
