import type { Backoff } from '@mooring/kernel';
import type { Holdings } from './holdings.ts';
import type { Knowledge } from './knowledge.ts';
import type { Outbox } from './outbox.ts';
import type { Pace } from './pace.ts';
import type { Recognition } from './recognition.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { GroupResource, ResourceType } from './resource-type.ts';
import type { Scope } from './scope.ts';
import type { SerialSink } from './serial-sink.ts';
import type { KindStatus } from './sink.ts';
import type { Slots } from './slots.ts';
import type { StreamPool } from './stream-pool.ts';
import type { ScopeState } from './type-status.ts';
import { createUnread, type Unread } from './unread.ts';
import type { WatchLimits, WatchTiming } from './watch-options.ts';

/** What is kept of a scope of a type from link to link. */
export interface ScopeMemory {
  readonly scope: Scope;
  /** Where a watch resumes; `undefined` when a first state is needed. Opaque. */
  version: string | undefined;
  /**
   * The server's versions went backwards once: one cannot resume from them without missing something, so every watch begins with a first
   * state.
   */
  distrustsVersions: boolean;
  /** It has told where it is without a change, as API servers do every minute: silence means something. */
  givesBookmarks: boolean;
  /** Set after a streamed first state broke in a way that pages may not. */
  avoidStream: boolean;
  /** Whether a first state was read to its end, and whether nothing in it was without a uid: only then does absence prove anything. */
  firstState: 'none' | 'partial' | 'whole';
  /** When that began to be read of which the sink has all, if nothing in it was without a uid; RFC 3339 UTC. */
  readAt: string | undefined;
  state: ScopeState | undefined;
  /** Objects for which there is no room, each once. Exact after a first state; a server that tells a thing twice may move it until the next one. */
  overLimit: number;
  /** What could not be understood or was too large. */
  readonly unread: Unread;
  /** On this link: it has its state, may not be read, or has failed so often that nobody waits for it. */
  isSettled: boolean;
  readonly backoff: Backoff;
}

/** Of a scope of which nothing was read yet. */
export const newScopeMemory = (scope: Scope, backoff: Backoff): ScopeMemory => ({
  scope,
  version: undefined,
  distrustsVersions: false,
  givesBookmarks: false,
  avoidStream: false,
  firstState: 'none',
  readAt: undefined,
  state: undefined,
  overLimit: 0,
  unread: createUnread(),
  isSettled: false,
  backoff,
});

/** What is kept of a type from link to link. */
export interface TypeMemory {
  /** Replaced when the cluster prefers another version. */
  type: ResourceType;
  status: KindStatus | undefined;
  readonly scopes: Map<string, ScopeMemory>;
  /** While what the sink has is being compared: nothing of the type may change meanwhile. */
  deciding: Promise<void> | undefined;
}

/** What lives as long as the watch. */
export interface WatchRun {
  readonly holdings: Holdings;
  readonly knowledge: Knowledge;
  readonly outbox: Outbox;
  readonly sink: SerialSink;
  readonly timing: WatchTiming;
  readonly limits: WatchLimits;
  /** Of bytes from the server. */
  readonly bytePace: Pace;
  readonly now: () => Date;
  readonly random: () => number;
  /** Of a type. */
  readonly newBackoff: () => Backoff;
  /** Ends the watch: what the sink has can no longer be said. */
  fail(error: unknown): void;
}

/** What lives as long as one connection. */
export interface Link {
  readonly run: WatchRun;
  readonly pool: StreamPool;
  readonly isLost: () => boolean;
  /** Aborts when the connection is lost or the watch is stopped. */
  readonly signal: AbortSignal;
  /** Of first states. */
  readonly slots: Slots;
  /** Of requests. */
  readonly pace: Pace;
  /** False once the server has refused to stream a first state. */
  streams: boolean;
  /** What the cluster serves may have changed; with `sensed`, something that decides it has. */
  readonly catalogTouched: (sensed: boolean) => void;
  readonly recognition: Recognition;
  /** This type is defined: where that is not known yet, what the cluster serves has changed since it was looked at. */
  readonly typeDefined: (type: GroupResource | undefined) => void;
  /** Ends the link for a reason that concerns all of it. */
  lose(refusal: ClusterRefusal): void;
}

/** A fresh look: the compiler takes an earlier one for the truth, but signals abort while we wait. */
export const isOver = (signal: AbortSignal): boolean => signal.aborted;
