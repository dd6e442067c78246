import { isFailure, messageOf, type FailureCode } from '@mooring/kernel';

/** What came of one try of a message. */
export type Outcome =
  | { readonly kind: 'handled' }
  /** Known, but nobody here subscribed to the type. */
  | { readonly kind: 'not-wanted' }
  | { readonly kind: 'unknown-type' }
  /** Malformed, against its schema, or a newer version than this process knows. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly thrown: unknown };

/** What is done with the message. */
export type Settlement =
  | { readonly kind: 'ack' }
  /** Kept in hand and tried again; what follows it in its aggregate waits behind it. */
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** Put into the dead letters, then acknowledged. */
  | { readonly kind: 'park'; readonly reason: string }
  /** Given back to the server at once: the process stops. */
  | { readonly kind: 'release' };

export interface RetryPolicy {
  /** Tries for a Failure whose retry can help. */
  readonly triesMax: number;
  /** Tries for a bug: anything thrown that is no Failure. */
  readonly bugTriesMax: number;
  /** Tries while something the handler needs is away, silent or refuses us: that is seldom the message's fault. */
  readonly outageTriesMax: number;
  /** The first delay in milliseconds; it doubles with each try. */
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  /** The same during an outage: so soon after its end everything goes on. */
  readonly outageDelayMaxMs: number;
}

/** Parks after about 2 minutes, a bug after 1 second, and during an outage after about 4 hours. */
export const RETRY_POLICY: RetryPolicy = {
  triesMax: 10,
  bugTriesMax: 3,
  outageTriesMax: 5_000,
  delayMinMs: 250,
  delayMaxMs: 30_000,
  outageDelayMaxMs: 3_000,
};

/** How an engine fails that is away, hangs, or does not let us in. */
const OUTAGES: ReadonlySet<FailureCode> = new Set(['unavailable', 'timeout', 'outcome-unknown', 'denied']);

const isOutage = (thrown: unknown): boolean => isFailure(thrown) && OUTAGES.has(thrown.code);

function triesMaxOf(thrown: unknown, policy: RetryPolicy): number {
  if (!isFailure(thrown)) return policy.bugTriesMax;
  if (isOutage(thrown)) return policy.outageTriesMax;
  return thrown.retryCanHelp ? policy.triesMax : 1;
}

const reasonOf = (thrown: unknown): string =>
  isFailure(thrown) ? `${thrown.code}: ${thrown.message}` : `bug: ${messageOf(thrown)}`;

/** Decides what becomes of a message. Pure. `tries` counts those of this process, the one just made included. */
export function settle(
  outcome: Outcome,
  delivery: { readonly tries: number; readonly stopping: boolean },
  policy: RetryPolicy = RETRY_POLICY,
): Settlement {
  switch (outcome.kind) {
    case 'handled':
    case 'not-wanted':
    case 'unknown-type':
      return { kind: 'ack' };
    case 'unreadable':
      return { kind: 'park', reason: outcome.reason };
    case 'failed': {
      if (delivery.stopping) return { kind: 'release' };
      if (delivery.tries >= triesMaxOf(outcome.thrown, policy))
        return { kind: 'park', reason: reasonOf(outcome.thrown) };
      const delayMaxMs = isOutage(outcome.thrown) ? policy.outageDelayMaxMs : policy.delayMaxMs;
      return { kind: 'retry', delayMs: Math.min(delayMaxMs, policy.delayMinMs * 2 ** (delivery.tries - 1)) };
    }
  }
}
