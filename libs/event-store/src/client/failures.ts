import { ErrorType, isCommandError } from '@eventstore/db-client';
import { Failure, isFailure, messageOf, type FailureCode } from '@mooring/kernel';

/** gRPC status codes as the client passes them on. */
const UNKNOWN = 2;
const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;
const INTERNAL = 13;
const UNAUTHENTICATED = 16;

const CODES: Partial<Record<ErrorType, FailureCode>> = {
  [ErrorType.TIMEOUT]: 'timeout',
  [ErrorType.DEADLINE_EXCEEDED]: 'timeout',
  [ErrorType.ACCESS_DENIED]: 'denied',
  [ErrorType.WRONG_EXPECTED_VERSION]: 'conflict',
  [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED]: 'limit',
  [ErrorType.INVALID_ARGUMENT]: 'invalid',
  [ErrorType.MISSING_REQUIRED_METADATA_PROPERTY]: 'invalid',
  [ErrorType.STREAM_DELETED]: 'not-found',
};

/**
 * Every error of the client as a Failure. What it cannot name is `unavailable`: a stopping server ends calls with odd statuses,
 * and all of them mean "ask again".
 */
export function toFailure(thrown: unknown, what: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const why = isAccountRefused(thrown) ? 'there is no such account, or its password is wrong' : messageOf(thrown);
  return new Failure(codeOf(thrown), `${what}: ${why}`, { cause: thrown });
}

/** Whether it was who asked that was refused, and not what was asked for. */
export const isAccountRefused = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  isCommandError(thrown) &&
  thrown.type === ErrorType.ACCESS_DENIED &&
  Number(thrown.code) === UNAUTHENTICATED;

function codeOf(thrown: unknown): FailureCode {
  if (!(thrown instanceof Error) || !isCommandError(thrown)) return 'unavailable';
  if (Number(thrown.code) === RESOURCE_EXHAUSTED) return 'limit';
  return CODES[thrown.type] ?? 'unavailable';
}

/** A live subscriber that was behind: the server ends the call, and the connection is as good as before. */
export const isDroppedAsSlow = (thrown: unknown): boolean =>
  thrown instanceof Error && isCommandError(thrown) && thrown.type === ErrorType.TIMEOUT;

/** The answer to a read from a position that the log never gave out; the real server calls it UNKNOWN. */
export const isRefusedPosition = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  isCommandError(thrown) &&
  thrown.type === ErrorType.UNKNOWN &&
  [UNKNOWN, INVALID_ARGUMENT].includes(Number(thrown.code));

/** Whether the client behind the error had better be replaced: it keeps failed discoveries and failed questions for ever. */
export const isConnectionBroken = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  !(thrown instanceof Failure) &&
  (!isCommandError(thrown) ||
    thrown.type === ErrorType.UNAVAILABLE ||
    thrown.type === ErrorType.CANCELLED ||
    Number(thrown.code) === INTERNAL);

/** Whether an error says for sure that the request never left: no connection could be made, or no node was found. */
export function isNeverSent(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (isFailure(thrown, 'unavailable')) return true;
  if (!isCommandError(thrown)) return /discover|resolution/i.test(thrown.message);
  return (
    thrown.type === ErrorType.NOT_LEADER ||
    (thrown.type === ErrorType.UNAVAILABLE && /no connection established|name resolution/i.test(thrown.message))
  );
}
