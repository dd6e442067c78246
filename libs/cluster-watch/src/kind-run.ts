import type { Backoff } from '@mooring/kernel';
import type { Holdings } from './holdings.ts';
import type { Outbox } from './outbox.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { ResourceType } from './resource-type.ts';
import type { SerialSink } from './serial-sink.ts';
import type { Session } from './session.ts';
import type { KindState, KindStatus } from './sink.ts';
import type { Slots } from './slots.ts';
import type { WatchLimits, WatchTiming } from './watch-options.ts';

/** What is kept of a kind from link to link. */
export interface KindMemory {
  /** Where a watch resumes; `undefined` when a first state is needed. Opaque. */
  version: string | undefined;
  /** Set after a streamed first state broke in a way that pages may not. */
  avoidStream: boolean;
  leftOut: number;
  status: KindStatus | undefined;
  readonly backoff: Backoff;
}

/** What lives as long as the watch. */
export interface WatchRun {
  readonly holdings: Holdings;
  readonly outbox: Outbox;
  readonly sink: SerialSink;
  readonly timing: WatchTiming;
  readonly limits: WatchLimits;
  readonly now: () => Date;
  readonly random: () => number;
}

/** What lives as long as one connection. */
export interface Link {
  readonly run: WatchRun;
  readonly session: Session;
  /** Aborts when the connection is lost or the watch is stopped. */
  readonly signal: AbortSignal;
  readonly slots: Slots;
  /** False once the server has refused to stream a first state. */
  streams: boolean;
  /** The kind has its state, may not be read, or has failed so often that nobody waits for it any longer. */
  settled(type: ResourceType): Promise<void>;
  /** Ends the link for a reason that concerns all of it. */
  lose(refusal: ClusterRefusal): void;
}

export interface KindRun {
  readonly link: Link;
  readonly type: ResourceType;
  readonly memory: KindMemory;
}

/** How an attempt at a kind ended, and what is next. */
export type Outcome =
  | { readonly kind: 'listed' | 'ended' | 'gone' | 'unstreamed' | 'link-lost' }
  | { readonly kind: 'parked'; readonly state: 'forbidden' | 'missing'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number; readonly relist?: boolean };

/** A fresh look: the compiler takes an earlier one for the truth, but signals abort while we wait. */
export const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** Tells the sink, unless nothing is new. `since` moves only when the state does. */
export async function report({ link, type, memory }: KindRun, state: KindState, reason?: string): Promise<void> {
  const { run } = link;
  const before = memory.status;
  const count = run.holdings.count(type.groupResource);
  const { leftOut } = memory;
  if (before?.state === state && before.reason === reason && before.leftOut === leftOut) return;
  const since = before?.state === state ? before.since : run.now().toISOString();
  const status: KindStatus = { state, since, count, leftOut, ...(reason === undefined ? {} : { reason }) };
  memory.status = status;
  await run.sink.call((sink) => sink.onKindStatus(type, status));
}

/** Says that the kind is being watched, and how much of it was left out. */
export const reportWatching = (run: KindRun): Promise<void> => {
  const { leftOut } = run.memory;
  return report(
    run,
    'watching',
    leftOut === 0 ? undefined : `${leftOut} objects or lines could not be read and were left out`,
  );
};
