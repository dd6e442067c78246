import { status } from '@grpc/grpc-js';
import type { ExpectedRevision } from '../streams/decide-append.ts';
import { createWireWriter, NOTHING, type WireWriter } from '../wire/protobuf.ts';
import { writeSuccess } from '../wire/responses.ts';
import type { Refusal } from './errors.ts';

/** Which append an answer is about: the client looks for both. As they came in the request. */
export interface Subject {
  readonly correlation: Buffer | undefined;
  readonly identifier: Buffer | undefined;
}

const ERROR = 2;
const SUCCESS = 3;

function respond({ correlation, identifier }: Subject, field: number, write: (writer: WireWriter) => void): Buffer {
  const response = createWireWriter();
  if (correlation !== undefined) response.bytes(1, correlation);
  response.message(field, write);
  if (identifier !== undefined) response.bytes(4, identifier);
  return response.finish();
}

export const batchSuccess = (subject: Subject, revision: number, position: number | undefined): Buffer =>
  respond(subject, SUCCESS, (success) => writeSuccess(success, revision, position));

/** A `google.rpc.Status`, whose details say by their type what happened. */
const failure = (subject: Subject, code: status, name: string, details: (writer: WireWriter) => void): Buffer =>
  respond(subject, ERROR, (error) =>
    error
      .uint64(1, code)
      .string(2, name)
      .message(3, (any) => any.string(1, `type.googleapis.com/event_store.client.${name}`).message(2, details)),
  );

export const batchWrongVersion = (subject: Subject, current: number, expected: ExpectedRevision): Buffer =>
  failure(subject, status.ALREADY_EXISTS, 'WrongExpectedVersion', (details) => {
    if (current < 0) details.bytes(2, NOTHING);
    else details.uint64(1, current);
    if (typeof expected === 'bigint') details.uint64(3, expected);
    else details.bytes({ any: 4, stream_exists: 5, no_stream: 6 }[expected], NOTHING);
  });

export const batchTimeout = (subject: Subject): Buffer =>
  failure(subject, status.DEADLINE_EXCEEDED, 'Timeout', () => undefined);

/** What would end another call is said of one append here. `appendBytesMax` is what it may have been over. */
export function batchRefusal(subject: Subject, why: Refusal, appendBytesMax: number): Buffer {
  const [exception] = why.metadata.get('exception');
  if (exception === 'stream-deleted')
    return failure(subject, status.NOT_FOUND, 'StreamDeleted', (details) =>
      details.bytes(1, subject.identifier ?? NOTHING),
    );
  if (exception === 'access-denied') return failure(subject, status.PERMISSION_DENIED, 'AccessDenied', () => undefined);
  if (exception === 'maximum-append-size-exceeded')
    return failure(subject, status.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', (details) =>
      details.uint64(1, appendBytesMax),
    );
  return why.code === status.INVALID_ARGUMENT
    ? failure(subject, status.INVALID_ARGUMENT, 'BadRequest', (details) => details.string(1, why.details))
    : failure(subject, status.UNKNOWN, 'Unknown', () => undefined);
}
