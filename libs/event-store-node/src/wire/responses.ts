import { createWireWriter, NOTHING } from './protobuf.ts';

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

const mapEntry = (key: string, value: string): Buffer => createWireWriter(64).string(1, key).string(2, value).finish();
const CONTENT_TYPE_JSON = mapEntry('content-type', 'application/json');
const CONTENT_TYPE_BYTES = mapEntry('content-type', 'application/octet-stream');

/** `ReadResp.ReadEvent.RecordedEvent`, with the id in its string form. These bytes are what the store keeps. */
export function encodeRecordedEvent(event: EventToEncode): Buffer {
  const writer = createWireWriter(320 + event.data.length + event.metadata.length)
    .bytes(1, createWireWriter(48).string(2, event.id).finish())
    .bytes(2, createWireWriter(96).string(3, event.stream).finish())
    .uint64(3, event.revision)
    .uint64(4, event.position)
    .uint64(5, event.position)
    .bytes(6, mapEntry('type', event.type))
    // The protocol counts in 100 ns ticks.
    .bytes(6, mapEntry('created', `${event.createdUs}0`))
    .bytes(6, event.isJson ? CONTENT_TYPE_JSON : CONTENT_TYPE_BYTES);
  if (event.metadata.length > 0) writer.bytes(7, event.metadata);
  if (event.data.length > 0) writer.bytes(8, event.data);
  return writer.finish();
}

/** A `ReadResp` around a stored record. */
export function eventResponse(record: Uint8Array, position: number): Buffer {
  const readEvent = createWireWriter(record.length + 24)
    .bytes(1, record)
    .uint64(3, position)
    .finish();
  return createWireWriter(readEvent.length + 12)
    .bytes(1, readEvent)
    .finish();
}

export const confirmationResponse = (subscriptionId: string): Buffer =>
  createWireWriter().bytes(2, createWireWriter().string(1, subscriptionId).finish()).finish();

export const checkpointResponse = (position: number): Buffer =>
  createWireWriter(32).bytes(3, createWireWriter(24).uint64(1, position).uint64(2, position).finish()).finish();

export const streamNotFoundResponse = (stream: string): Buffer =>
  createWireWriter()
    .bytes(4, createWireWriter().bytes(1, createWireWriter().string(3, stream).finish()).finish())
    .finish();

export const lastStreamPositionResponse = (revision: number): Buffer =>
  createWireWriter(16).uint64(6, revision).finish();

export const caughtUpResponse = (): Buffer => createWireWriter(8).bytes(8, NOTHING).finish();

export type EncodedExpectation = 'any' | 'no_stream' | 'stream_exists' | bigint;

/** The part that both kinds of append answer with. */
function encodeSuccess(revision: number, position: number | undefined): Buffer {
  const success = createWireWriter(48);
  if (revision < 0) success.bytes(2, NOTHING);
  else success.uint64(1, revision);
  if (position === undefined) success.bytes(4, NOTHING);
  else success.bytes(3, createWireWriter(24).uint64(1, position).uint64(2, position).finish());
  return success.finish();
}

/** `AppendResp` for an append that was made, or had been made before. */
export function appendSuccessResponse(revision: number, position: number | undefined): Buffer {
  return createWireWriter(64).bytes(1, encodeSuccess(revision, position)).finish();
}

/** `AppendResp.WrongExpectedVersion`: every fact twice, once in the fields that clients before 20.6.1 read. */
export function appendWrongVersionResponse(current: number, expected: EncodedExpectation): Buffer {
  const wrong = createWireWriter(64);
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
  return createWireWriter(72).bytes(2, wrong.finish()).finish();
}

/** `BatchAppendResp` of a success; `correlation` and `stream` are the encoded messages of the request. */
export function batchSuccessResponse(
  revision: number,
  position: number | undefined,
  correlation: Uint8Array | undefined,
  stream: Uint8Array | undefined,
): Buffer {
  const response = createWireWriter(192);
  if (correlation !== undefined) response.bytes(1, correlation);
  response.bytes(3, encodeSuccess(revision, position));
  if (stream !== undefined) response.bytes(4, stream);
  return response.finish();
}
