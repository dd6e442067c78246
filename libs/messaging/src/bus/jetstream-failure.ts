import { Failure, isFailure, messageOf } from '@mooring/kernel';
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';

/** Numbers of JetStream's API errors that somebody here decides on (nats-server `server/errors.json`). */
export const API_ERRORS = {
  consumerNotFound: 10014,
  messageNotFound: 10037,
  noRoom: 10047,
  messageTooLarge: 10054,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
} as const;

export const apiErrorCode = (thrown: unknown): number | undefined =>
  thrown instanceof JetStreamApiError ? thrown.apiError().err_code : undefined;

function permissionViolation(thrown: unknown): Error | undefined {
  if (thrown instanceof errors.PermissionViolationError) return thrown;
  return thrown instanceof Error && thrown.cause !== undefined ? permissionViolation(thrown.cause) : undefined;
}

/** What the client of NATS threw, as a `Failure`; `what` names the call. A Failure passes through. */
export function toFailure(what: string, thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  const violation = permissionViolation(thrown);
  if (violation !== undefined) return new Failure('denied', `${what}: ${violation.message}`, { cause: thrown });
  const message = `${what}: ${messageOf(thrown)}`;
  if (thrown instanceof errors.TimeoutError) return new Failure('timeout', message, { cause: thrown });
  switch (apiErrorCode(thrown)) {
    case API_ERRORS.consumerNotFound:
    case API_ERRORS.messageNotFound:
    case API_ERRORS.streamNotFound:
      return new Failure('not-found', message, { cause: thrown });
    case API_ERRORS.wrongLastSequence:
      return new Failure('conflict', message, { cause: thrown });
    case API_ERRORS.messageTooLarge:
      return new Failure('limit', message, { cause: thrown });
    default:
      return new Failure('unavailable', message, { cause: thrown });
  }
}
