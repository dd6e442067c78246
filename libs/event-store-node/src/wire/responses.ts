import { createWireWriter, NOTHING, type WireWriter } from './protobuf.ts';

/** 2^64-1: how the protocol spells "no stream" in an unsigned revision. */
const NO_STREAM_UNSIGNED = 0xffff_ffff_ffff_ffffn;

/** An event as it is about to be stored. `revision` and `position` are final. */
export interface EventToEncode {
  readonly id: string;
  readonly stream: string;
  readonly revision: number | bigint;
  readonly position: number;
  readonly type: string;
  /** Microseconds since the Unix epoch. */
  readonly createdUs: number;
  readonly isJson: boolean;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

/** `ReadResp.ReadEvent.RecordedEvent`, with the id in its string form. These bytes are what the store keeps. */
export function encodeRecordedEvent(event: EventToEncode): Buffer {
  const contentType = event.isJson ? 'application/json' : 'application/octet-stream';
  const writer = createWireWriter(320 + event.data.length + event.metadata.length)
    .message(1, (id) => id.string(2, event.id))
    .message(2, (identifier) => identifier.string(3, event.stream))
    .uint64(3, event.revision)
    .uint64(4, event.position)
    .uint64(5, event.position)
    .message(6, (entry) => entry.string(1, 'type').string(2, event.type))
    // The protocol counts in 100 ns ticks.
    .message(6, (entry) => entry.string(1, 'created').string(2, `${event.createdUs}0`))
    .message(6, (entry) => entry.string(1, 'content-type').string(2, contentType));
  if (event.metadata.length > 0) writer.bytes(7, event.metadata);
  if (event.data.length > 0) writer.bytes(8, event.data);
  return writer.finish();
}

/** A `ReadResp` around a stored record. */
export function eventResponse(record: Uint8Array, position: number): Buffer {
  return createWireWriter(record.length + 32)
    .message(1, (event) => event.bytes(1, record).uint64(3, position))
    .finish();
}

export const confirmationResponse = (subscriptionId: string): Buffer =>
  createWireWriter()
    .message(2, (confirmation) => confirmation.string(1, subscriptionId))
    .finish();

export const checkpointResponse = (position: number): Buffer =>
  createWireWriter(32)
    .message(3, (checkpoint) => checkpoint.uint64(1, position).uint64(2, position))
    .finish();

export const streamNotFoundResponse = (stream: string): Buffer =>
  createWireWriter()
    .message(4, (notFound) => notFound.message(1, (identifier) => identifier.string(3, stream)))
    .finish();

export const lastStreamPositionResponse = (revision: number): Buffer =>
  createWireWriter(16).uint64(6, revision).finish();

export const caughtUpResponse = (): Buffer => createWireWriter(8).bytes(8, NOTHING).finish();

export type EncodedExpectation = 'any' | 'no_stream' | 'stream_exists' | bigint;

/** What both kinds of append answer with. */
export function writeSuccess(success: WireWriter, revision: number, position: number | undefined): void {
  if (revision < 0) success.bytes(2, NOTHING);
  else success.uint64(1, revision);
  if (position === undefined) success.bytes(4, NOTHING);
  else success.message(3, (at) => at.uint64(1, position).uint64(2, position));
}

/** `AppendResp` for an append that was made, or had been made before. */
export function appendSuccessResponse(revision: number, position: number | undefined): Buffer {
  return createWireWriter(64)
    .message(1, (success) => writeSuccess(success, revision, position))
    .finish();
}

/** `DeleteResp` and `TombstoneResp`, which look the same. */
export function removedResponse(position: number | undefined): Buffer {
  const response = createWireWriter(32);
  if (position === undefined) response.bytes(2, NOTHING);
  else response.message(1, (at) => at.uint64(1, position).uint64(2, position));
  return response.finish();
}

/** `AppendResp.WrongExpectedVersion`: every fact twice, once in the fields that clients before 20.6.1 read. */
export function appendWrongVersionResponse(current: number, expected: EncodedExpectation): Buffer {
  return createWireWriter(72)
    .message(2, (wrong) => {
      if (current < 0) wrong.bytes(2, NOTHING);
      else wrong.uint64(1, current);
      if (typeof expected === 'bigint') wrong.uint64(3, expected);
      else if (expected === 'any') wrong.bytes(4, NOTHING);
      else if (expected === 'stream_exists') wrong.bytes(5, NOTHING);
      else wrong.uint64(3, NO_STREAM_UNSIGNED);
      if (current < 0) wrong.bytes(7, NOTHING);
      else wrong.uint64(6, current);
      if (typeof expected === 'bigint') wrong.uint64(8, expected);
      else wrong.bytes({ any: 9, stream_exists: 10, no_stream: 11 }[expected], NOTHING);
    })
    .finish();
}
