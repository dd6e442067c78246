import type { FollowSource, SourceSubscription, SubscriptionSink } from '../follow/source.ts';
import { upcast, type Upcasters } from '../upcasters.ts';
import type { MemoryLog } from './log.ts';

/** How many events that do not match before a checkpoint is told. */
const CHECKPOINT_EVENTS = 100;

export const createMemorySource = (log: MemoryLog, upcasters: Upcasters): FollowSource => ({
  lookAt(position) {
    const found = log.all.find((event) => event.position >= position);
    if (found === undefined) return Promise.resolve('nothing');
    return Promise.resolve(found.position === position ? { position, eventId: found.id } : 'refused');
  },
  subscribe: (from, prefixes, sink) => subscribe(log, from, prefixes, sink, upcasters),
});

function subscribe(
  log: MemoryLog,
  from: bigint | 'start',
  prefixes: readonly string[],
  sink: SubscriptionSink,
  upcasters: Upcasters,
): SourceSubscription {
  let at = from === 'start' ? 0 : log.all.findLastIndex(({ position }) => position <= from) + 1;
  let paused = false;
  let isOver = false;
  let isCaughtUp = false;
  let unmatched = 0;

  const give = (): void => {
    const event = log.all[at];
    if (event === undefined) return;
    at += 1;
    if (prefixes.some((prefix) => event.streamName.startsWith(prefix))) {
      unmatched = 0;
      sink.event(upcast(event, upcasters));
      return;
    }
    unmatched += 1;
    if (unmatched % CHECKPOINT_EVENTS === 0) sink.checkpoint(event.position);
  };

  const pump = (): void => {
    while (!paused && !isOver && at < log.all.length) give();
    if (isCaughtUp || isOver || at < log.all.length) return;
    isCaughtUp = true;
    sink.caughtUp();
  };
  const soon = (): void => {
    setImmediate(pump);
  };
  const stop = log.onAppend(soon);
  setImmediate(() => {
    if (!isOver) sink.confirmed();
  });
  soon();

  return {
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      soon();
    },
    close() {
      isOver = true;
      stop();
      return Promise.resolve();
    },
  };
}
