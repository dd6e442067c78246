import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { isFailure, messageOf } from '@mooring/kernel';

/** What a call ends with when it is refused: a gRPC status, and trailers that the client makes its typed error of. */
export class Refusal extends Error implements ServiceError {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: status, details: string, trailers: Readonly<Record<string, string>> = {}) {
    super(details);
    this.code = code;
    this.details = details;
    this.metadata = new Metadata();
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, toHeader(value));
  }
}

/** A header carries printable ASCII only; anything else (a stream's name may be any text) is percent-encoded. */
export const toHeader = (value: string): string =>
  value.replace(/[^\x20-\x7e]+/gu, (part) => encodeURIComponent(part.toWellFormed()));

export const invalid = (details: string): Refusal => new Refusal(status.INVALID_ARGUMENT, details);

export const streamDeleted = (stream: string): Refusal =>
  new Refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

const EXPECTED_CODES = { any: -2n, no_stream: -1n, stream_exists: -4n };

export const wrongExpectedVersion = (
  stream: string,
  expected: keyof typeof EXPECTED_CODES | bigint,
  actual: number,
): Refusal => {
  const version = typeof expected === 'bigint' ? expected : EXPECTED_CODES[expected];
  return new Refusal(
    status.FAILED_PRECONDITION,
    `WrongExpectedVersion. Stream: ${stream}, Expected version: ${version}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': version.toString(),
      'actual-version': actual.toString(),
    },
  );
};

export const missingMetadata = (): Refusal =>
  new Refusal(status.INVALID_ARGUMENT, "Required Metadata Property 'type' or 'content-type' is missing", {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const appendTooLarge = (bytesMax: number): Refusal =>
  new Refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytesMax} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': bytesMax.toString(),
  });

export const accessDenied = (): Refusal =>
  new Refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const exhausted = (details: string): Refusal => new Refusal(status.RESOURCE_EXHAUSTED, details);

export const shuttingDown = (): Refusal => new Refusal(status.UNAVAILABLE, 'the node is shutting down');

/** Anything thrown as what the client is told; a bug is told as INTERNAL, without its stack. */
export function toRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (isFailure(thrown, 'unavailable')) return new Refusal(status.UNAVAILABLE, thrown.message);
  if (isFailure(thrown, 'corrupt')) return new Refusal(status.DATA_LOSS, thrown.message);
  return new Refusal(status.INTERNAL, messageOf(thrown));
}
