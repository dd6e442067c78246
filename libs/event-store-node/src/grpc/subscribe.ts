import { randomUuid } from '@mooring/kernel';
import { status } from '@grpc/grpc-js';
import { visibleRange } from '../streams/stream-metadata.ts';
import { TOMBSTONE_REVISION, type PageLimit } from '../storage/event-log.ts';
import { caughtUpResponse, checkpointResponse, confirmationResponse } from '../wire/responses.ts';
import { Refusal, streamDeleted } from './errors.ts';
import { toEventResponse } from './event-response.ts';
import type { NodeContext } from './node-context.ts';
import type { Outbound } from './outbound.ts';
import { allBoundary, isFullPage, wants } from './read-events.ts';
import type { ReadPlan } from './read-request.ts';
import type { SharedRow } from './shared-pages.ts';

/** As many events may wait for a live subscriber before it counts as slow. */
const LIVE_EVENTS_MAX = 32;

/** Smaller than a read's: a page is kept in memory for as long as its subscriber is slow, and there may be many. */
const PAGE_BYTES = 128 * 1024;

const pageLimit = ({ limits }: NodeContext): PageLimit => ({ rows: limits.pageRows, bytes: PAGE_BYTES });

/** What one step of a follower found: messages to send, in order. */
interface Step {
  readonly messages: readonly Buffer[];
  /** Whether there may be more at once. */
  readonly more: boolean;
}

interface Follower {
  /** Reads on from where it is; `live` once it was at the end. */
  next(live: boolean): Step;
  /** How many events are there that were not read, at most `atMost`. */
  behind(atMost: number): number;
  /** The stream to watch; undefined for all. */
  readonly watched: string | undefined;
}

type StreamPlan = Extract<ReadPlan, { stream: string }>;
type AllPlan = Extract<ReadPlan, { stream: undefined }>;

/**
 * Follows a stream or `$all` for as long as the client listens: a cursor over the log, so that there is no seam between
 * what is read from disk and what is live. Nothing is skipped, repeated or reordered; who is slow costs no memory.
 *
 * @throws Refusal ABORTED for a slow live subscriber, where the node is told to treat them so; and what the follower throws.
 */
export async function subscribe(context: NodeContext, plan: ReadPlan, outbound: Outbound): Promise<void> {
  const follower = plan.stream === undefined ? followAll(context, plan) : followStream(context, plan);
  outbound.send(confirmationResponse(randomUuid()));
  const unwatch = context.signal.watch(follower.watched, () => outbound.wake());
  try {
    await follow(context, follower, outbound);
  } finally {
    unwatch();
  }
}

async function follow(context: NodeContext, follower: Follower, outbound: Outbound): Promise<void> {
  let live = false;
  while (!outbound.closed) {
    const { messages, more } = follower.next(live);
    let waited = false;
    for (const [index, message] of messages.entries()) {
      if (outbound.send(message)) continue;
      while (outbound.isFull) {
        if (live && isSlow(messages.length - index - 1, follower)) live = fallBehind(context);
        await outbound.woken();
        waited = true;
      }
    }
    if (more) await context.turns.next();
    // Else something may have been committed meanwhile.
    else if (!waited) {
      if (live) await outbound.woken();
      else outbound.send(caughtUpResponse());
      live = true;
    }
  }
}

const isSlow = (unsent: number, follower: Follower): boolean =>
  unsent + follower.behind(LIVE_EVENTS_MAX + 1) > LIVE_EVENTS_MAX;

/** A subscriber that was live goes back to catching up (as in 24.6), or is thrown out (as in 23.10). */
function fallBehind({ slowSubscribers }: NodeContext): false {
  if (slowSubscribers === 'disconnect')
    throw new Refusal(
      status.ABORTED,
      'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
    );
  return false;
}

function followStream(context: NodeContext, plan: StreamPlan): Follower {
  const { log } = context;
  const limit = pageLimit(context);
  const subscribed = log.stream(plan.stream);
  if (subscribed.tombstoned) throw streamDeleted(plan.stream);
  let last = plan.from === 'start' ? -1 : plan.from === 'end' ? subscribed.last : Number(plan.from);
  let gone = false;
  return {
    watched: plan.stream,
    next(live) {
      if (gone) throw streamDeleted(plan.stream);
      const stream = log.stream(plan.stream);
      // Who is live sees every event, also one that metadata hides at once; who catches up sees what a read shows.
      const range = live || stream.tombstoned ? undefined : visibleRange(stream.metadata, stream.last, context.nowUs());
      const from = Math.max(last + 1, range?.firstRevision ?? 0);
      const page = log.readForwards(stream, from, range?.createdFromUs ?? 0, limit);
      // At the end of catching up what is not visible was passed over, and must not be sent once live.
      last = page.at(-1)?.revision ?? (live ? last : Math.max(last, stream.last));
      gone = last === TOMBSTONE_REVISION;
      const messages = page.map(({ record, position }) => toEventResponse(record, position, plan.structuredIds));
      return { messages, more: live && !gone ? isFullPage(page, limit) : page.length > 0 };
    },
    behind: (atMost) => Math.min(atMost, Math.max(0, log.stream(plan.stream).last - last)),
  };
}

function followAll(context: NodeContext, plan: AllPlan): Follower {
  const { log, pages } = context;
  const limit = pageLimit(context);
  const encode = (row: SharedRow): Buffer =>
    plan.structuredIds ? toEventResponse(row.record, row.position, true) : row.response();
  let at = allBoundary(context, plan);
  let passedOver = 0;
  if (plan.from === 'end') at = log.lastPosition();
  return {
    watched: undefined,
    next() {
      const page = pages.after(at, limit);
      const messages: Buffer[] = [];
      for (const row of page) {
        const wanted = wants(plan, row);
        passedOver = wanted ? 0 : passedOver + 1;
        if (wanted) messages.push(encode(row));
        else if (plan.filter !== undefined && passedOver >= plan.filter.checkpointEvery) {
          messages.push(checkpointResponse(row.position));
          passedOver = 0;
        }
      }
      at = page.at(-1)?.position ?? at;
      return { messages, more: isFullPage(page, limit) };
    },
    behind: (atMost) => log.countBetween(at, atMost),
  };
}
