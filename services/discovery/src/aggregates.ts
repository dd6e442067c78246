import { createAggregate } from '@mooring/event-store';
import { evolve, NEVER_WATCHED, type WatchEvent, type WatchState } from './domain/watch.ts';

/** The only kind of stream this service writes: `watch-<connectionId>`, what was seen of a connection's cluster. */
export const watches = createAggregate<WatchState, WatchEvent>({
  category: 'watch',
  initial: NEVER_WATCHED,
  evolve,
  schemaVersion: 1,
});
