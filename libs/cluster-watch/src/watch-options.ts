import type { ClusterAccess } from './access.ts';
import type { Digest } from './digest.ts';
import type { DigestRoot } from './digest-root.ts';
import type { GroupResource } from './resource-type.ts';
import type { Selection } from './selection.ts';

/** All in milliseconds. */
export interface WatchTiming {
  /** Changes wait for others between these two before they are flushed, by load and attention; a full batch at once. Default 50 and 250. */
  readonly flushMinMs: number;
  readonly flushMaxMs: number;
  /** Default 15,000. */
  readonly pingIntervalMs: number;
  /** A connection that does not answer a PING for this long is given up. Default 10,000. */
  readonly pingTimeoutMs: number;
  /** For a connection, and again for its first answers; before them for a credential program. Default 10,000. */
  readonly connectTimeoutMs: number;
  /** A watch that gives bookmarks and then nothing for this long is asked for anew, from where it was. Default 150,000. */
  readonly silenceMs: number;
  /** One that gives no bookmarks is, when it has not ended so long after the time it was asked for, and says nothing. Default 60,000. */
  readonly overtimeMs: number;
  /** A list or a first state that makes no progress for this long is given up. Default 30,000. */
  readonly progressTimeoutMs: number;
  /** First and last bound of the backoff with full jitter of each kind, and of what the cluster serves. Default 800 and 30,000. */
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** The same of the link. Default: as those of a kind. */
  readonly linkBackoffMinMs: number;
  readonly linkBackoffMaxMs: number;
  /** How long a watch must live to be resumed at once, and until its backoff starts anew. Default 10,000. */
  readonly healthyAfterMs: number;
  /** How often, give or take a fifth, a forbidden or missing type is asked for again, and one of which objects were left out. Default 300,000. */
  readonly refusedRetryMs: number;
  /** A watch asks the server to end it after a random time between this and its double. Default 300,000. */
  readonly watchLifetimeMs: number;
  /** How soon after a change of a CRD or APIService the cluster is asked what it serves, and again after 7 and 30 times that. Default 300. */
  readonly discoveryDelayMs: number;
  /** How often, give or take a fifth, it is asked without a reason. Default 600,000. */
  readonly rediscoverMs: number;
  /**
   * A type that is not served any more is taken for gone when that is still so after this time, and its list is 404; after ten times this
   * where it may not be read, or is known only from before the watch. Default 2,000.
   */
  readonly removalConfirmMs: number;
}

export interface WatchLimits {
  /** An object longer than this as JSON is left out and counted. Default 4 MiB. */
  readonly lineBytesMax: number;
  /** Objects on a page where pages are needed. Default 500. */
  readonly pageObjects: number;
  /** Changes in one batch. Default 500. */
  readonly batchChanges: number;
  /** First states read at a time. Default 4. */
  readonly listsAtOnce: number;
  /** Requests to the API server: so many a second on average, and at once. Default 50 and 100. */
  readonly requestsPerSecond: number;
  readonly requestsAtOnce: number;
  /** Streams on one connection, where the server does not allow fewer, and connections. Default 240 and 4. */
  readonly streamsPerConnection: number;
  readonly connectionsMax: number;
  /** What one cluster may have of the sink's room: objects, and bytes of their records as JSON. More is left out and said. Default none. */
  readonly objectsMax: number;
  readonly recordBytesMax: number;
  /** Changes for the sink and bytes from the server: more have to wait, and changes to one object become one. Default none. */
  readonly changesPerSecondMax: number;
  readonly bytesPerSecondMax: number;
}

/** What the caller kept from an earlier watch of the same cluster. */
export interface KnownObject {
  readonly type: GroupResource;
  readonly uid: string;
  readonly hash: string;
  /**
   * In which it lies; of a namespace, its own name. Needed where only some of several included namespaces may be read: without it, the
   * object is deleted only once all of them were.
   */
  readonly namespace?: string;
}

/** How the watch asks its caller what the sink has already, so that only the difference is read and emitted. */
export interface KnownState {
  /** Of every type of which the sink has objects (see `rootOf`). Asked for once, at the start, before anything is emitted. */
  roots(): Promise<ReadonlyMap<GroupResource, DigestRoot>>;
  /** Of one type. Asked for only where its root differs from what the cluster has. Nothing of this type is emitted meanwhile. */
  digest(type: GroupResource): Promise<Digest>;
  /**
   * What the sink has of a type in these buckets (see `bucketOf`), in any order. Asked for only where the digest differs from what the
   * cluster has, and while the watch goes on when less is selected than was and some of that may not be read: what the sink has then. Nothing of
   * this type is emitted while it is read.
   */
  objects(type: GroupResource, buckets: readonly number[]): AsyncIterable<KnownObject>;
}

export interface WatchOptions {
  readonly access: ClusterAccess;
  /** Called before every connect, so that a rotated credential is used without a new watch. Default: `access`. */
  readonly refreshAccess?: () => ClusterAccess | Promise<ClusterAccess>;
  /** Default: everything but `DEFAULT_EXCLUDED`. */
  readonly selection?: Selection;
  /** When given, a cluster with another UID is refused (`identity-changed`). Default: the first UID seen. */
  readonly expectedUid?: string;
  /** Only the difference to this is emitted, deletes included. Read once, at the start. Which namespaces they lie in is not used. */
  readonly initial?: AsyncIterable<KnownObject> | Iterable<KnownObject>;
  /** The same as `initial`, but only what differs is asked for. */
  readonly known?: KnownState;
  /** `paged` never asks for a streamed first state. Default: streamed where the server has it. */
  readonly firstState?: 'streamed-if-served' | 'paged';
  /** Ends the watch, as disposing it does. */
  readonly signal?: AbortSignal;
  readonly timing?: Partial<WatchTiming>;
  readonly limits?: Partial<WatchLimits>;
  readonly now?: () => Date;
  /** In [0, 1). */
  readonly random?: () => number;
}

const DEFAULT_TIMING: WatchTiming = {
  flushMinMs: 50,
  flushMaxMs: 250,
  pingIntervalMs: 15_000,
  pingTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  silenceMs: 150_000,
  overtimeMs: 60_000,
  progressTimeoutMs: 30_000,
  backoffMinMs: 800,
  backoffMaxMs: 30_000,
  linkBackoffMinMs: 800,
  linkBackoffMaxMs: 30_000,
  healthyAfterMs: 10_000,
  refusedRetryMs: 300_000,
  watchLifetimeMs: 300_000,
  discoveryDelayMs: 300,
  rediscoverMs: 600_000,
  removalConfirmMs: 2000,
};

/** With the defaults for what is not given. */
export const timingOf = (given: Partial<WatchTiming> = {}): WatchTiming => {
  const { backoffMinMs = DEFAULT_TIMING.backoffMinMs, backoffMaxMs = DEFAULT_TIMING.backoffMaxMs } = given;
  return { ...DEFAULT_TIMING, linkBackoffMinMs: backoffMinMs, linkBackoffMaxMs: backoffMaxMs, ...given };
};

export const DEFAULT_LIMITS: WatchLimits = {
  lineBytesMax: 4 * 1024 * 1024,
  pageObjects: 500,
  batchChanges: 500,
  listsAtOnce: 4,
  requestsPerSecond: 50,
  requestsAtOnce: 100,
  streamsPerConnection: 240,
  connectionsMax: 4,
  objectsMax: Number.POSITIVE_INFINITY,
  recordBytesMax: Number.POSITIVE_INFINITY,
  changesPerSecondMax: Number.POSITIVE_INFINITY,
  bytesPerSecondMax: Number.POSITIVE_INFINITY,
};
