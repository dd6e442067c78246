import type { LoggedEvent } from '@mooring/contracts';
import type { MooringApi } from '../api/mooring-api.ts';
import { EMPTY_FEED, arrived, paused, reloaded, resumed, withOlder, type Feed } from '../model/feed.ts';
import { createStore, type Store } from './store.ts';
import { failed, notYet, nowIs, type Loaded } from './loaded.ts';

/** Live events of one moment are shown together: a burst of hundreds is a few renderings. */
const GATHER_MS = 100;

export interface FeedStore {
  readonly feed: Store<Loaded<Feed>>;
  reload(): Promise<void>;
  loadOlder(): Promise<void>;
  add(entry: LoggedEvent): void;
  pause(): void;
  resume(): void;
}

export function createFeed(api: MooringApi, later: (action: () => void, ms: number) => void): FeedStore {
  const feed = createStore<Loaded<Feed>>(notYet(EMPTY_FEED));
  let gathered: LoggedEvent[] = [];
  const change = (by: (feed: Feed) => Feed): void => feed.update((known) => ({ ...known, value: by(known.value) }));
  return {
    feed,
    reload: async () => {
      const answer = await api.events({});
      feed.update((known) =>
        answer.ok
          ? nowIs(reloaded(known.value, answer.value.items, answer.value.nextCursor))
          : failed(known, answer.error),
      );
    },
    loadOlder: async () => {
      const answer = await api.events({ cursor: feed.get().value.olderCursor });
      feed.update((known) =>
        answer.ok
          ? nowIs(withOlder(known.value, answer.value.items, answer.value.nextCursor))
          : failed(known, answer.error),
      );
    },
    add: (entry) => {
      gathered.push(entry);
      if (gathered.length > 1) return;
      later(() => {
        const entries = gathered;
        gathered = [];
        change((known) => arrived(known, entries));
      }, GATHER_MS);
    },
    pause: () => change(paused),
    resume: () => change(resumed),
  };
}
