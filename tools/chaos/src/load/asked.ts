import type { ConnectionAction } from '@mooring/contracts';
import type { Answer } from './http.ts';

/** Something asked of the system under an Idempotency-Key, and every answer that came to it. */
export interface Asked {
  readonly key: string;
  /** A command to a connection, or a kubeconfig with contexts of these names. */
  readonly what:
    | { readonly kind: 'command'; readonly connectionId: string; readonly action: ConnectionAction }
    | { readonly kind: 'import'; readonly contexts: readonly string[] };
  /** How often it was sent. */
  tries: number;
  /** What settled it, and the same again where it was repeated after that; never a 503. */
  readonly answers: Answer[];
}

/** What was asked so far, and what was answered as it never should be. */
export interface Asking {
  readonly asked: readonly Asked[];
  /** Answers that no caller should ever get, in words. */
  readonly offences: readonly string[];
  /** How many 503 there were. */
  readonly unavailable: number;
  /** `performance.now()` of the last definite answer. */
  readonly answeredAt: number;
}

const REPEATABLE = new Set(['unavailable', 'timeout', 'outcome-unknown']);

/** What is wrong with an answer to a command or an import; undefined when nothing is. */
export function offenceOf({ status, retryAfter, body }: Answer): string | undefined {
  const code = String(body['code']);
  const told = `${status} ${code} ${JSON.stringify(body['detail'])}`;
  if (status === 503) {
    if (!REPEATABLE.has(code)) return `a 503 of another kind: ${told}`;
    return retryAfter === undefined ? `a 503 without Retry-After: ${told}` : undefined;
  }
  if ([200, 202, 404, 409].includes(status)) return undefined;
  return `an answer that nothing asked for: ${told}`;
}
