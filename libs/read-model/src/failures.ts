import { Failure, messageOf, type FailureCode } from '@mooring/kernel';

/** SQLSTATE by class, then by code where a code says more. */
const BY_CLASS: Readonly<Record<string, FailureCode>> = { '08': 'unavailable', '28': 'denied', '53': 'unavailable' };
const BY_CODE: Readonly<Record<string, FailureCode>> = {
  '40001': 'conflict',
  '40P01': 'conflict',
  '3D000': 'unavailable',
  '42501': 'denied',
  '57014': 'timeout',
  '57P01': 'unavailable',
  '57P02': 'unavailable',
  '57P03': 'unavailable',
  '57P05': 'unavailable',
  '25P03': 'unavailable',
};
const SOCKET = /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)$/;
/** How the driver says that a connection is gone, or was never there; it gives these no code. */
const LOST =
  /connection (terminated|ended|error|timeout)|timeout exceeded when trying to connect|not queryable|client was closed/i;

const SILENT = /query read timeout/i;

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : '';

function failureCodeOf(thrown: unknown): FailureCode | undefined {
  const code = codeOf(thrown);
  const known = BY_CODE[code] ?? (code.length === 5 ? BY_CLASS[code.slice(0, 2)] : undefined);
  if (known !== undefined) return known;
  if (SILENT.test(messageOf(thrown))) return 'timeout';
  return SOCKET.test(code) || LOST.test(messageOf(thrown)) ? 'unavailable' : undefined;
}

/** What the world did to a statement, as a Failure; anything else (a bug in the statement, a violated constraint) as it is. */
export function toFailure(thrown: unknown, statement = ''): unknown {
  if (thrown instanceof Failure) return thrown;
  const code = failureCodeOf(thrown);
  if (code === undefined) return thrown;
  const isCommit = /^\s*commit/i.test(statement);
  return new Failure(
    (code === 'unavailable' || code === 'timeout') && isCommit ? 'outcome-unknown' : code,
    `PostgreSQL: ${messageOf(thrown)}`,
    { cause: thrown },
  );
}
