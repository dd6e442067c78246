import {
  FORWARDS,
  START,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
} from '@eventstore/db-client';
import { Failure } from '@mooring/kernel';
import type { FollowSource, Sighting, SourceSubscription, SubscriptionSink } from '../follow/source.ts';
import { openConnection, type Connection } from './connection.ts';
import { isDroppedAsSlow, isRefusedPosition, toFailure } from './failures.ts';
import { upcast, type Upcasters } from '../upcasters.ts';
import { withStallLimit } from './read.ts';
import { toStoredEvent } from './stored-event.ts';

/** A subscription that is not confirmed by then hangs: the 101st call on a connection waits in silence, for one. */
const CONFIRM_MS = 10_000;
const LOOK_MS = 10_000;
/** The server tells how far it has looked about every 32 × this many events that do not match. */
const CHECKPOINT_INTERVAL = 32;

type Marker = { readonly checkpoint: bigint } | 'caughtUp';

/** Follows the real store. Every subscription has a connection of its own: what broke one cannot break the next. */
export const createClientSource = (connectionString: string, upcasters: Upcasters): FollowSource => ({
  async lookAt(position) {
    const connection = openConnection(connectionString);
    try {
      return await lookAt(connection, position);
    } finally {
      await connection.close();
    }
  },
  subscribe(from, prefixes, sink) {
    let connection: Connection;
    try {
      connection = openConnection(connectionString);
    } catch (thrown) {
      return neverOpened(toFailure(thrown, 'subscription to $all'), sink);
    }
    return subscribe(connection, from, prefixes, sink, upcasters);
  },
});

/** Says so after the caller has got what it asked for. */
function neverOpened(failure: Failure, sink: SubscriptionSink): SourceSubscription {
  queueMicrotask(() => {
    sink.ended(failure, false);
  });
  return { pause: () => undefined, resume: () => undefined, close: () => Promise.resolve() };
}

async function lookAt(connection: Connection, position: bigint): Promise<Sighting> {
  const stream = connection.client.readAll({
    direction: FORWARDS,
    fromPosition: { commit: position, prepare: position },
    maxCount: 1,
  });
  try {
    for await (const { event } of withStallLimit(stream, LOOK_MS, connection)) {
      if (event !== undefined) return { position: event.position.commit, eventId: event.id };
    }
    return 'nothing';
  } catch (thrown) {
    if (isRefusedPosition(thrown)) return 'refused';
    throw toFailure(thrown, `read of $all at ${position.toString()}`);
  }
}

function subscribe(
  connection: Connection,
  from: bigint | 'start',
  prefixes: readonly string[],
  sink: SubscriptionSink,
  upcasters: Upcasters,
): SourceSubscription {
  let isOver = false;
  const end = (thrown: unknown): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(confirmation);
    sink.ended(toFailure(thrown, 'subscription to $all'), isDroppedAsSlow(thrown));
  };
  const confirmation = setTimeout(() => {
    end(new Failure('timeout', `not confirmed within ${CONFIRM_MS} ms`));
  }, CONFIRM_MS);

  const subscription = connection.client.subscribeToAll({
    fromPosition: from === 'start' ? START : { commit: from, prepare: from },
    filter: streamNameFilter({
      prefixes: [...prefixes],
      checkpointInterval: CHECKPOINT_INTERVAL,
      checkpointReached: (_subscription, { commit }) => {
        mark(subscription, { checkpoint: commit });
      },
    }),
  });
  subscription.on('confirmation', () => {
    clearTimeout(confirmation);
    sink.confirmed();
  });
  subscription.on('caughtUp', () => {
    mark(subscription, 'caughtUp');
  });
  subscription.on('data', (item: AllStreamResolvedEvent | Marker) => {
    if (isOver) return;
    if (item === 'caughtUp') sink.caughtUp();
    else if ('checkpoint' in item) sink.checkpoint(item.checkpoint);
    else if (item.event !== undefined) sink.event(upcast(toStoredEvent(item.event, item.commitPosition), upcasters));
  });
  subscription.on('error', end);
  subscription.on('end', () => {
    end(new Failure('unavailable', 'the server ended it'));
  });

  return {
    pause: () => subscription.pause(),
    resume: () => subscription.resume(),
    async close() {
      isOver = true;
      clearTimeout(confirmation);
      // It rejects when the call was never made.
      await subscription.unsubscribe().catch(() => undefined);
      // Flowing on, because a cancelled call only ends once everything it still holds has been taken.
      subscription.resume();
      await connection.close();
      subscription.destroy();
    },
  };
}

/** The client tells checkpoints and catching up beside the events it still holds back; put into the same queue they keep their place. */
const mark = (subscription: AllStreamSubscription, marker: Marker): void => {
  subscription.push(marker);
};
