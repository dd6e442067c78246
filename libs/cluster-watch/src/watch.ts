import { Failure } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import type { ResourceKind } from './kinds.ts';
import type { ClusterSink } from './sink.ts';

/** All in milliseconds. */
export interface WatchTiming {
  /** Changes wait this long for others before they are flushed, less when there are many. Default 100, from 50 to 250 is sensible. */
  readonly flushMs: number;
  /** Default 15,000. */
  readonly pingIntervalMs: number;
  /** A connection that does not answer a PING for this long is given up. Default 10,000. */
  readonly pingTimeoutMs: number;
  /** For a connection with its first answers. Default 10,000. */
  readonly connectTimeoutMs: number;
  /** A list or a first state that makes no progress for this long is given up. Default 30,000. */
  readonly progressTimeoutMs: number;
  /** Bounds of the backoff with full jitter, of the link and of each kind. Default 800 and 30,000. */
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** How long a watch must live until its backoff starts anew. Default 10,000. */
  readonly healthyAfterMs: number;
  /** How often a forbidden or missing kind is asked for again. Default 300,000. */
  readonly refusedRetryMs: number;
  /** A watch asks the server to end it after a random time between this and its double. Default 300,000. */
  readonly watchLifetimeMs: number;
}

export interface WatchLimits {
  /** An object longer than this as JSON is left out and counted. Default 4 MiB. */
  readonly lineBytesMax: number;
  /** Objects on a page where pages are needed. Default 500. */
  readonly pageObjects: number;
  /** Changes in one batch. Default 500. */
  readonly batchChanges: number;
  /** First states read at a time. Default 3. */
  readonly listsAtOnce: number;
}

/** What the caller kept from an earlier watch of the same cluster. */
export interface KnownObject {
  readonly kind: ResourceKind;
  readonly uid: string;
  readonly hash: string;
}

export interface WatchOptions {
  readonly access: ClusterAccess;
  /** Called before every connect, so that a rotated credential is used without a new watch. Default: `access`. */
  readonly refreshAccess?: () => ClusterAccess | Promise<ClusterAccess>;
  /** Default: all of them. */
  readonly kinds?: readonly ResourceKind[];
  /** When given, a cluster with another UID is refused (`identity-changed`). Default: the first UID seen. */
  readonly expectedUid?: string;
  /** Only the difference to this is emitted, deletes included. Read once, at the start. */
  readonly initial?: AsyncIterable<KnownObject> | Iterable<KnownObject>;
  /** Ends the watch, as disposing it does. */
  readonly signal?: AbortSignal;
  readonly timing?: Partial<WatchTiming>;
  readonly limits?: Partial<WatchLimits>;
  readonly now?: () => Date;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** Why a watch ended without an error: it was told to, or the address leads to another cluster now. */
export type WatchEnd = 'stopped' | 'identity-changed';

export interface ClusterWatch extends AsyncDisposable {
  /** Settles when the watch has ended and the sink is called no more. Rejects only with what the sink (or `initial`) threw. */
  readonly finished: Promise<WatchEnd>;
  /** Stops; resolves when `finished` has settled. Never rejects. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Watches one cluster over one HTTP/2 connection until told to stop, whatever happens to the cluster meanwhile. See {@link ClusterSink}
 * for what is delivered in which order. Reads the kinds of `WATCHED_KINDS` and nothing else; secrets and config maps never.
 */
export function watchCluster(options: WatchOptions, sink: ClusterSink): ClusterWatch {
  throw new Failure('unavailable', `not built yet: ${options.access.server} ${typeof sink}`);
}
