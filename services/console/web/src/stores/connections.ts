import type { ConnectionView } from '@mooring/contracts';
import type { MooringApi } from '../api/mooring-api.ts';
import { replacedBy, withRows, withoutRow, type ConnectionRows } from '../model/connection-list.ts';
import { planRefresh, withPending, type Pending } from '../model/refresh.ts';
import { createStore, type Store } from './store.ts';
import { failed, notYet, nowIs, type Loaded } from './loaded.ts';

/** Events come in bursts; within this time they are one refresh. */
const GATHER_MS = 150;
const TRIES_MAX = 6;
const PAGES_MAX = 20;

export interface ConnectionsDeps {
  readonly api: MooringApi;
  readonly later: (action: () => void, ms: number) => void;
}

/** The list of connections. Every read ends in the store; overtaken answers do not bring an older state back. */
export interface ConnectionsStore {
  readonly rows: Store<Loaded<ConnectionRows>>;
  /** Reads everything but deleted connections again. Calls while one runs are one more run after it. */
  reload(): Promise<void>;
  /** Reads deleted ones too, once somebody asks for them. */
  loadDeleted(): Promise<void>;
  /** Reads one connection until the answer is at least that new (a few tries, with growing waits). */
  refresh(id: string, revision: string): void;
  put(row: ConnectionView): void;
}

export function createConnections({ api, later }: ConnectionsDeps): ConnectionsStore {
  const rows = createStore<Loaded<ConnectionRows>>(notYet(new Map()));
  let pending: Pending = new Map();
  let gathering = false;
  let running: Promise<void> | undefined;
  let wanted = 0;

  const readAll = async (states?: string) => {
    const all: ConnectionView[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer = await api.connections({ cursor, ...(states === undefined ? {} : { states }) });
      if (!answer.ok) return answer;
      all.push(...answer.value.items);
      cursor = answer.value.nextCursor;
      if (cursor === undefined) break;
    }
    return { ok: true as const, value: all };
  };

  const reloadOnce = async (): Promise<void> => {
    const answer = await readAll();
    rows.update((known) => (answer.ok ? nowIs(replacedBy(known.value, answer.value)) : failed(known, answer.error)));
  };

  const reload = (): Promise<void> => {
    wanted += 1;
    running ??= (async () => {
      let served: number;
      do {
        served = wanted;
        await reloadOnce();
      } while (served !== wanted);
    })().finally(() => (running = undefined));
    return running;
  };

  const change = (by: (rows: ConnectionRows) => ConnectionRows): void =>
    rows.update((known) => {
      const value = by(known.value);
      return value === known.value ? known : { ...known, value };
    });

  const put = (row: ConnectionView): void => change((known) => withRows(known, [row]));

  const readRow = async (id: string, revision: string, tries = 0): Promise<void> => {
    const answer = await api.connection(id, revision);
    // Answered with another one: the one asked for gave way to it.
    if (answer.ok ? answer.value.id !== id : answer.error.status === 404) change((known) => withoutRow(known, id));
    if (answer.ok) put(answer.value);
    else if (answer.error.status !== 404 && answer.error.status !== 401 && tries < TRIES_MAX)
      later(() => void readRow(id, revision, tries + 1), 250 * 2 ** tries);
  };

  const flush = async (): Promise<void> => {
    const plan = planRefresh(pending);
    pending = new Map();
    gathering = false;
    if (plan.kind === 'list') await reload();
    else await Promise.all(plan.rows.map(([id, revision]) => readRow(id, revision)));
  };

  return {
    rows,
    reload,
    put,
    loadDeleted: async () => {
      const answer = await readAll('deleted');
      rows.update((known) =>
        answer.ok ? { ...known, value: withRows(known.value, answer.value) } : failed(known, answer.error),
      );
    },
    refresh: (id, revision) => {
      pending = withPending(pending, id, revision);
      if (gathering) return;
      gathering = true;
      later(() => void flush(), GATHER_MS);
    },
  };
}
