import type { Failure } from '@mooring/kernel';
import type { StoredEvent } from '../event.ts';
import type { FollowBatch } from '../port.ts';
import type { SubscriptionSink } from './source.ts';

export interface InboxOptions {
  readonly batchMax: number;
  readonly batchWaitMs: number;
  /** Called when a full batch waits, and when there is room again. */
  readonly pause: () => void;
  readonly resume: () => void;
}

export interface InboxEnd {
  readonly failure: Failure;
  readonly droppedAsSlow: boolean;
}

/** Collects what a subscription brings and gives it out in batches. One reader. */
export interface Inbox extends SubscriptionSink {
  /**
   * The next batch: at once when full, or when the one before was given at least `batchWaitMs` ago; else after that time.
   * `idle` when nothing came for `idleMs` or when `signal` aborts; the end once everything collected before was given.
   */
  next(signal: AbortSignal, idleMs: number): Promise<FollowBatch | InboxEnd | 'idle'>;
  /** Resolves when the subscription is confirmed, or with its end when it ended before. */
  readonly confirmation: Promise<'confirmed' | InboxEnd>;
  /** Whether the server said that all given so far was the past. */
  readonly isCaughtUp: boolean;
  readonly isEmpty: boolean;
}

export function createInbox({ batchMax, batchWaitMs, pause, resume }: InboxOptions): Inbox {
  let events: StoredEvent[] = [];
  let position: bigint | undefined;
  let end: InboxEnd | undefined;
  const confirmation = Promise.withResolvers<'confirmed' | InboxEnd>();
  let isCaughtUp = false;
  let givenAt = Number.NEGATIVE_INFINITY;
  let wake: (() => void) | undefined;

  const take = (upTo: bigint): FollowBatch => {
    const given = events.slice(0, batchMax);
    events = events.slice(batchMax);
    givenAt = performance.now();
    if (events.length > 0) return { events: given, position: given.at(-1)?.position ?? upTo };
    position = undefined;
    if (given.length === batchMax) resume();
    return { events: given, position: upTo };
  };

  const isQuiet = (): boolean => position === undefined && end === undefined;

  const woken = (withinMs: number, signal: AbortSignal): Promise<'woken' | 'late'> =>
    new Promise((resolve) => {
      const finish = (how: 'woken' | 'late'): void => {
        wake = undefined;
        clearTimeout(timer);
        signal.removeEventListener('abort', late);
        resolve(how);
      };
      const late = (): void => {
        finish('late');
      };
      const timer = setTimeout(late, withinMs);
      signal.addEventListener('abort', late, { once: true });
      wake = () => {
        finish('woken');
      };
    });

  return {
    confirmed() {
      confirmation.resolve('confirmed');
    },
    event(event) {
      events.push(event);
      position = event.position;
      if (events.length === batchMax) pause();
      if (events.length === 1 || events.length === batchMax) wake?.();
    },
    checkpoint(at) {
      position = at;
      wake?.();
    },
    caughtUp() {
      isCaughtUp = true;
      wake?.();
    },
    ended(failure, droppedAsSlow) {
      end ??= { failure, droppedAsSlow };
      confirmation.resolve(end);
      wake?.();
    },
    confirmation: confirmation.promise,
    async next(signal, idleMs) {
      const idleAt = performance.now() + idleMs;
      while (!signal.aborted) {
        if (position !== undefined) {
          const waitMs = givenAt + batchWaitMs - performance.now();
          if (events.length >= batchMax || end !== undefined || waitMs <= 0) return take(position);
          await woken(waitMs, signal);
          continue;
        }
        if (end !== undefined) return end;
        const wasCaughtUp = isCaughtUp;
        const how = await woken(Math.max(0, idleAt - performance.now()), signal);
        if (isQuiet() && (how === 'late' || isCaughtUp !== wasCaughtUp)) break;
      }
      return 'idle';
    },
    get isCaughtUp() {
      return isCaughtUp;
    },
    get isEmpty() {
      return position === undefined;
    },
  };
}
