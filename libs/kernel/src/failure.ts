/**
 * The closed set of ways in which the world outside a process fails.
 *
 * - `unavailable`: could not be reached, or asked to be left alone for a while. Nothing was done.
 * - `timeout`: no answer in time to something that has no effect (a read).
 * - `outcome-unknown`: no answer in time to something that has an effect; it may or may not have happened.
 * - `conflict`: another writer was first; read again and decide again.
 * - `denied`: credentials are missing, wrong or too weak.
 * - `invalid`: what was sent or read cannot be understood; sending it again cannot help.
 * - `limit`: too large or too many; sending the same again cannot help.
 * - `not-found`: the thing named does not exist.
 * - `corrupt`: a store holds something that cannot be true; a person has to look.
 */
export type FailureCode =
  'unavailable' | 'timeout' | 'outcome-unknown' | 'conflict' | 'denied' | 'invalid' | 'limit' | 'not-found' | 'corrupt';

const RETRY_CAN_HELP: ReadonlySet<FailureCode> = new Set(['unavailable', 'timeout', 'outcome-unknown', 'conflict']);

/** The world failed. `retryCanHelp` tells a caller whether the same call, made later, may succeed. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: FailureCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details ?? {};
  }

  get retryCanHelp(): boolean {
    return RETRY_CAN_HELP.has(this.code);
  }
}

export const isFailure = (thrown: unknown, code?: FailureCode): thrown is Failure =>
  thrown instanceof Failure && (code === undefined || thrown.code === code);

/** The message of anything that was thrown, for a log line or a reason; never the stack. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
