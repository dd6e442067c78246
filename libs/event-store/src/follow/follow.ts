import { createBackoff, delay, Failure, isFailure, unlessAborted, type Backoff } from '@mooring/kernel';
import type { FollowBatch, FollowOptions, FollowStatus } from '../port.ts';
import { createInbox, type Inbox, type InboxEnd } from './inbox.ts';
import { resumePoint, type HandledEvent } from './resume-point.ts';
import type { FollowSource, SourceSubscription } from './source.ts';

const BATCH_MAX = 500;
const BATCH_WAIT_MS = 20;
/** Quiet for so long after subscribing counts as live, also from a server that does not say so. */
const QUIET_IS_LIVE_MS = 3_000;
/** An event this fresh was recorded while we were looking. */
const FRESH_MS = 2_000;

interface Follower {
  readonly source: FollowSource;
  readonly options: FollowOptions;
  readonly backoff: Backoff;
  readonly report: (change: Pick<FollowStatus, 'state'> & { readonly lastError?: Failure }) => void;
  position: bigint | 'start';
  lastHandled: HandledEvent | undefined;
  newestAt: Date | undefined;
  /** Whether the store may be another one than the one followed before. */
  isUnsure: boolean;
}

/** The one loop behind every follower; its guarantees stand at `EventStore.follow`. */
export async function follow(source: FollowSource, options: FollowOptions): Promise<void> {
  if (options.prefixes.length === 0) throw new Error('a follower needs at least one prefix');
  const follower = createFollower(source, options);
  while (!options.signal.aborted) {
    const end = await subscribeOnce(follower);
    if (end === undefined) break;
    follower.report({ state: 'reconnecting', lastError: end.failure });
    follower.isUnsure = !end.droppedAsSlow;
    if (!end.progressed) await delay(follower.backoff.next(), options.signal);
  }
}

function createFollower(source: FollowSource, options: FollowOptions): Follower {
  const follower: Follower = {
    source,
    options,
    backoff: createBackoff({ minMs: 100, maxMs: 2_000 }),
    position: options.from,
    lastHandled: options.expectAt,
    newestAt: undefined,
    isUnsure: true,
    report({ state, lastError }) {
      const { newestAt, position } = follower;
      const behindMs = newestAt && Math.max(0, Date.now() - newestAt.getTime());
      options.onStatus?.({
        state,
        position,
        ...(state === 'live' ? { behindMs: 0 } : behindMs !== undefined && { behindMs }),
        ...(lastError !== undefined && { lastError }),
      });
    },
  };
  return follower;
}

interface SubscriptionEnd extends InboxEnd {
  /** Whether a batch was handled. */
  readonly progressed: boolean;
}

/** Follows one subscription to its end; nothing when the signal aborted. Throws what the handler threw, and Failure `corrupt`. */
async function subscribeOnce(follower: Follower): Promise<SubscriptionEnd | undefined> {
  const { source, options } = follower;
  if (follower.isUnsure) {
    const found = await findResumePoint(follower);
    if (found === undefined) return undefined;
    if (typeof found === 'object') return { ...found, progressed: false };
    follower.position = found;
  }
  if (options.signal.aborted) return undefined;
  const inbox = createInbox({
    batchMax: options.batchMax ?? BATCH_MAX,
    batchWaitMs: options.batchWaitMs ?? BATCH_WAIT_MS,
    pause: () => subscription.pause(),
    resume: () => subscription.resume(),
  });
  const subscription: SourceSubscription = source.subscribe(follower.position, options.prefixes, inbox);
  try {
    const end = await confirmStore(follower, inbox);
    if (end !== undefined) return { ...end, progressed: false };
    return await drain(follower, inbox);
  } finally {
    await subscription.close();
  }
}

/** Nothing when the signal aborted, the end when the store could not be asked. Throws Failure `corrupt`. */
async function findResumePoint({ source, options, position, lastHandled }: Follower) {
  try {
    return await unlessAborted(options.signal, resumePoint(source, position, lastHandled, options.signal));
  } catch (thrown) {
    if (!isFailure(thrown) || thrown.code === 'corrupt') throw thrown;
    return { failure: thrown, droppedAsSlow: false } satisfies InboxEnd;
  }
}

/**
 * Looks at the store that answers the subscription, before anything of it is handled: a subscription waits for a store that is
 * away, so the one that was looked at before may have been put back to another copy since. Gives the end when the subscription
 * is over or has to be made anew. Throws Failure `corrupt`.
 */
async function confirmStore(follower: Follower, inbox: Inbox): Promise<InboxEnd | undefined> {
  const answer = await unlessAborted(follower.options.signal, inbox.confirmation);
  if (answer !== 'confirmed') return answer;
  const found = await findResumePoint(follower);
  if (typeof found === 'object') return found;
  if (found === undefined || found === follower.position) return undefined;
  const failure = new Failure('unavailable', `the store does not show what stands at ${follower.position.toString()}`);
  return { failure, droppedAsSlow: false };
}

async function drain(follower: Follower, inbox: Inbox): Promise<SubscriptionEnd | undefined> {
  const { signal } = follower.options;
  let progressed = false;
  let isLive = false;
  follower.report({ state: 'catching-up' });
  while (!signal.aborted) {
    const next = await inbox.next(signal, isLive ? 60_000 : QUIET_IS_LIVE_MS);
    if (next === 'idle') {
      if (!isLive) follower.report({ state: 'live' });
      isLive = true;
      continue;
    }
    if ('failure' in next) return { ...next, progressed };
    if (!(await handleOrRepeat(follower, next))) return undefined;
    progressed = true;
    follower.backoff.reset();
    isLive = inbox.isEmpty && (isLive || inbox.isCaughtUp || isFresh(next));
    follower.report({ state: isLive ? 'live' : 'catching-up' });
  }
  return undefined;
}

const isFresh = ({ events }: FollowBatch): boolean => {
  const last = events.at(-1);
  return last !== undefined && Date.now() - last.recordedAt.getTime() < FRESH_MS;
};

/** Gives the batch to the handler until it takes it; false when the signal aborted instead. */
async function handleOrRepeat(follower: Follower, batch: FollowBatch): Promise<boolean> {
  const { handle, signal } = follower.options;
  const backoff = createBackoff({ minMs: 50, maxMs: 2_000 });
  for (;;) {
    try {
      await handle(batch);
      break;
    } catch (thrown) {
      if (!isFailure(thrown) || !thrown.retryCanHelp) throw thrown;
      follower.report({ state: 'blocked', lastError: thrown });
      await delay(backoff.next(), signal);
      if (signal.aborted) return false;
    }
  }
  const last = batch.events.at(-1);
  follower.position = batch.position;
  if (last !== undefined) {
    follower.lastHandled = { position: last.position, eventId: last.id };
    follower.newestAt = last.recordedAt;
  }
  return true;
}
