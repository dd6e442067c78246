import type { AnswerMemory } from './answer-memory.ts';
import type { Failure } from '@mooring/kernel';
import type { NewEvent, StoredEvent } from './event.ts';
import type { FoldCache } from './fold-cache.ts';

/** The stream's last revision, or `no_stream` for one that must not exist yet. Never "any": a real server forgets such repeats. */
export type ExpectedRevision = bigint | 'no_stream';

/** What an append recorded. */
export interface Appended {
  /** Revision of the last event appended. */
  readonly revision: bigint;
  /** Position in `$all` of the last event appended. */
  readonly position: bigint;
  /** The trace context that stands in the metadata of the events that did not bring their own. */
  readonly traceparent: string;
}

export interface ReadOptions {
  /** First revision given, inclusive. Default: the first one in the direction. */
  readonly from?: bigint;
  /** Last revision given, inclusive. Default: until the stream's end (or its start, backwards). */
  readonly toInclusive?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  /** At most so many events. */
  readonly max?: number;
  readonly signal?: AbortSignal;
}

/** Part of what a follower gives to its handler, in the order of `$all`. */
export interface FollowBatch {
  /** None when the server only told how far it has looked. */
  readonly events: readonly StoredEvent[];
  /** Everything up to here, inclusive, has been given: store it with the effects, and resume from it. */
  readonly position: bigint;
}

/** How a follower is doing, for readiness and metrics. */
export interface FollowStatus {
  /**
   * - `catching-up`: connected, reading what was recorded before.
   * - `live`: connected, nothing known is missing.
   * - `reconnecting`: not connected; it will be, by itself.
   * - `blocked`: the handler failed and is asked again with the same batch.
   */
  readonly state: 'catching-up' | 'live' | 'reconnecting' | 'blocked';
  /** The last position handled. */
  readonly position: bigint | 'start';
  /** Age, in milliseconds, of the newest event handled while not live; 0 when live. Absent until one was handled. */
  readonly behindMs?: number;
  readonly lastError?: Failure;
}

export interface FollowOptions {
  /** Stream name prefixes; at least one. */
  readonly prefixes: readonly string[];
  /** The last position handled (exclusive: the first event given is the one after), or `start`. */
  readonly from: bigint | 'start';
  /**
   * The last event handled before, if any. When the store does not hold exactly this event there, it was put back to
   * another copy, and following would lose or repeat events in silence: the follower ends with Failure `corrupt`. Every
   * subscription, the repeated ones too, asks this of the store that answered it, before anything of it is handled.
   */
  readonly expectAt?: { readonly position: bigint; readonly eventId: string } | undefined;
  /**
   * Gets one batch at a time and is awaited. A thrown Failure whose `retryCanHelp` makes the same batch come again, with
   * backoff; anything else thrown ends the follower.
   */
  readonly handle: (batch: FollowBatch) => Promise<void>;
  readonly signal: AbortSignal;
  /** Events per batch at most; default 500. */
  readonly batchMax?: number;
  /** Under load a batch is given at most this often unless it is full; the first event after a pause comes at once. Default 20 ms. */
  readonly batchWaitMs?: number;
  readonly onStatus?: (status: FollowStatus) => void;
}

/**
 * The store of facts. Any number of calls may be in flight at once; nothing is locked. Every error of the world is a
 * {@link Failure}.
 */
export interface EventStore extends AsyncDisposable {
  /**
   * Appends all events or none, if `expected` is the stream's revision. Repeats itself with the same ids while the outcome is
   * unknown, until the store's append timeout. An append whose ids are already there, right after `expected`, is a success
   * with the original revision and position, also years later.
   *
   * Failures: `conflict` (the stream is at another revision), `unavailable` (nothing was sent), `outcome-unknown` (it may
   * have happened: repeat with the same ids), `limit` (over 1,048,576 bytes of data), `denied`, `invalid`.
   */
  append(streamName: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended>;
  /** The stream's events in order of revision, upcast; a missing stream is empty. Failures: `unavailable`, `timeout`, `denied`. */
  read(streamName: string, options?: ReadOptions): AsyncIterable<StoredEvent>;
  /**
   * Follows `$all` in order, at least once, from a position, for ever: on any error or end it resubscribes from the last batch
   * handled, at once after progress, with backoff without. Resolves when `signal` aborts (a batch in the handler's hands is
   * awaited first); rejects only with what `handle` threw, or with Failure `corrupt` (see `expectAt`).
   */
  follow(options: FollowOptions): Promise<void>;
  /** What commands remember of this store's streams; without it each of them reads its stream first. */
  readonly folds?: FoldCache;
  /** How commands with a key were answered that left nothing; without it a late copy of one is decided anew. */
  readonly answers?: AnswerMemory;
}
