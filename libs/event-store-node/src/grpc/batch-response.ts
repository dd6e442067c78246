import google from 'google-protobuf/google/protobuf/any_pb.js';
import googleEmpty from 'google-protobuf/google/protobuf/empty_pb.js';
import codes from '@eventstore/db-client/generated/code_pb.js';
import type { Message } from 'google-protobuf';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { UUID, WrongExpectedVersion } from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import type { ExpectedRevision } from '../streams/decide-append.ts';
import type { Outcome } from '../storage/apply-command.ts';
import { batchSuccessResponse } from '../wire/responses.ts';

export type BatchOptions = BatchAppendReq.Options;
type Code = keyof typeof codes.Code;
type Done = Extract<Outcome, { kind: 'done' }>;

/** Every answer names its request by correlation id and stream: the client looks for both. */
function respond(correlation: UUID | undefined, options: BatchOptions | undefined): BatchAppendResp {
  const response = new streams.BatchAppendResp();
  if (correlation !== undefined) response.setCorrelationId(correlation);
  const identifier = options?.getStreamIdentifier();
  if (identifier !== undefined) response.setStreamIdentifier(identifier);
  return response;
}

/** Encoded by hand: it is the answer to nearly everything. */
export const batchSuccess = (
  { revision, position }: Done,
  correlation: UUID | undefined,
  options: BatchOptions,
): Buffer =>
  batchSuccessResponse(
    revision,
    position,
    correlation?.serializeBinary(),
    options.getStreamIdentifier()?.serializeBinary(),
  );

function failed(
  code: Code,
  name: string,
  details: Message,
  correlation: UUID | undefined,
  options: BatchOptions | undefined,
): BatchAppendResp {
  const any = new google.Any();
  any.pack(details.serializeBinary(), `event_store.client.${name}`);
  const error = new statuses.Status();
  error.setCode(codes.Code[code]);
  error.setMessage(name);
  error.setDetails(any);
  const response = respond(correlation, options);
  response.setError(error);
  return response;
}

export function batchWrongVersion(
  current: number,
  expected: ExpectedRevision,
  correlation: UUID | undefined,
  options: BatchOptions,
): BatchAppendResp {
  const details: WrongExpectedVersion = new shared.WrongExpectedVersion();
  if (current < 0) details.setCurrentNoStream(new googleEmpty.Empty());
  else details.setCurrentStreamRevision(current.toString());
  if (expected === 'any') details.setExpectedAny(new googleEmpty.Empty());
  else if (expected === 'no_stream') details.setExpectedNoStream(new googleEmpty.Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new googleEmpty.Empty());
  else details.setExpectedStreamPosition(expected.toString());
  return failed('ALREADY_EXISTS', 'WrongExpectedVersion', details, correlation, options);
}

export type FailureName =
  'Timeout' | 'StreamDeleted' | 'MaximumAppendSizeExceeded' | 'BadRequest' | 'AccessDenied' | 'Unknown';

const CODES: Readonly<Record<FailureName, Code>> = {
  Timeout: 'DEADLINE_EXCEEDED',
  StreamDeleted: 'NOT_FOUND',
  MaximumAppendSizeExceeded: 'INVALID_ARGUMENT',
  BadRequest: 'INVALID_ARGUMENT',
  AccessDenied: 'PERMISSION_DENIED',
  Unknown: 'UNKNOWN',
};

/** `about` is the limit of a `MaximumAppendSizeExceeded`, the reason of a `BadRequest`. */
export function batchFailure(
  name: FailureName,
  correlation: UUID | undefined,
  options: BatchOptions | undefined,
  about: string | number = '',
): BatchAppendResp {
  const details = new shared[name]();
  if (details instanceof shared.StreamDeleted) {
    const identifier = options?.getStreamIdentifier();
    if (identifier !== undefined) details.setStreamIdentifier(identifier);
  }
  if (details instanceof shared.MaximumAppendSizeExceeded) details.setMaxappendsize(Number(about));
  if (details instanceof shared.BadRequest) details.setMessage(String(about));
  return failed(CODES[name], name, details, correlation, options);
}

/** The same id in the protocol's other form; as it is if it is no UUID. */
export function structured(id: UUID | undefined): UUID | undefined {
  const hex = id?.getString().replaceAll('-', '') ?? '';
  if (!/^[0-9a-f]{32}$/iu.test(hex)) return id;
  const half = (text: string): string => BigInt.asIntN(64, BigInt(`0x${text}`)).toString();
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits(half(hex.slice(0, 16)));
  halves.setLeastSignificantBits(half(hex.slice(16)));
  const same = new shared.UUID();
  same.setStructured(halves);
  return same;
}
