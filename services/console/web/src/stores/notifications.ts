import type { NotificationView } from '@mooring/contracts';
import type { MooringApi } from '../api/mooring-api.ts';
import type { Answer } from '../api/request.ts';
import { isBehind, withPending, type Pending } from '../model/refresh.ts';
import { createStore, type Store } from './store.ts';
import { failed, notYet, nowIs, type Loaded } from './loaded.ts';

const GATHER_MS = 200;
const TRIES_MAX = 5;
const PAGES_MAX = 5;

export interface Notifications {
  /** Newest first. */
  readonly current: readonly NotificationView[];
  /** The last of those that are over. */
  readonly resolved: readonly NotificationView[];
}

export interface NotificationsStore {
  readonly list: Store<Loaded<Notifications>>;
  reload(): Promise<void>;
  /** Reads the lists again soon, and again while they do not contain what the event told of. */
  refresh(id: string, revision: string): void;
}

const latestFirst = (list: readonly NotificationView[]): readonly NotificationView[] =>
  [...list].sort((one, other) => other.lastAt.localeCompare(one.lastAt) || (one.id < other.id ? -1 : 1));

export function createNotifications(
  api: MooringApi,
  later: (action: () => void, ms: number) => void,
): NotificationsStore {
  const list = createStore<Loaded<Notifications>>(notYet({ current: [], resolved: [] }));
  let pending: Pending = new Map();
  let scheduled = false;
  const isScheduled = (): boolean => scheduled;

  const readCurrent = async (): Promise<Answer<readonly NotificationView[]>> => {
    const all: NotificationView[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer = await api.notifications('open,acknowledged', cursor);
      if (!answer.ok) return answer;
      all.push(...answer.value.items);
      cursor = answer.value.nextCursor;
      if (cursor === undefined) break;
    }
    return { ok: true, value: all };
  };

  const reload = async (): Promise<void> => {
    const [current, resolved] = await Promise.all([readCurrent(), api.notifications('resolved')]);
    list.update((known) => {
      if (!current.ok) return failed(known, current.error);
      if (!resolved.ok) return failed(known, resolved.error);
      return nowIs({ current: latestFirst(current.value), resolved: latestFirst(resolved.value.items) });
    });
  };

  const schedule = (tries: number): void => {
    scheduled = true;
    later(() => void settle(tries), GATHER_MS * 2 ** tries);
  };

  const settle = async (tries: number): Promise<void> => {
    scheduled = false;
    const told = pending;
    pending = new Map();
    await reload();
    const { current, resolved } = list.get().value;
    const shown = new Map([...current, ...resolved].map(({ id, revision }) => [id, revision]));
    const behind = [...told].filter(([id, revision]) => isBehind(shown.get(id), revision));
    if (behind.length === 0 || tries >= TRIES_MAX) return;
    for (const [id, revision] of behind) pending = withPending(pending, id, revision);
    if (!isScheduled()) schedule(tries + 1);
  };

  return {
    list,
    reload,
    refresh: (id, revision) => {
      pending = withPending(pending, id, revision);
      if (!isScheduled()) schedule(0);
    },
  };
}
