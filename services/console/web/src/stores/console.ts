import type { ConnectionAction, ConnectionView, LoggedEvent, NotificationView } from '@mooring/contracts';
import { createMooringApi, type MooringApi } from '../api/mooring-api.ts';
import { createRequest } from '../api/request.ts';
import { connectionIdOf } from '../model/events.ts';
import { staleBy } from '../model/refresh.ts';
import { ACTION_WORDS } from '../model/states.ts';
import { createConnections, type ConnectionsStore } from './connections.ts';
import { createFeed, type FeedStore } from './feed.ts';
import { createImports, type ImportsStore } from './imports.ts';
import { createLiveStream, type LiveStream } from './live-stream.ts';
import { createMessages, type Messages } from './messages.ts';
import { createNotifications, type NotificationsStore } from './notifications.ts';
import { createStore, type Store } from './store.ts';

export interface ConsoleDeps {
  readonly fetch: typeof fetch;
  readonly openStream: () => EventSource;
  readonly nowMs: () => number;
}

/** Everything the views read and do. One per page. */
export interface Console extends Disposable {
  readonly api: MooringApi;
  readonly signedOut: Store<boolean>;
  readonly connections: ConnectionsStore;
  readonly feed: FeedStore;
  readonly notifications: NotificationsStore;
  readonly imports: ImportsStore;
  readonly messages: Messages;
  readonly stream: LiveStream;
  /** Counts up for a connection id when anything about its cluster or history may have changed. */
  readonly touched: Store<ReadonlyMap<string, number>>;
  /** Asks for an action, tells the outcome, and gives whether it was done. The row is read again at the revision it ended at. */
  act(connection: ConnectionView, action: ConnectionAction): Promise<boolean>;
  acknowledge(notification: NotificationView): Promise<void>;
}

export function createConsole(deps: ConsoleDeps): Console {
  const signedOut = createStore(false);
  const api = createMooringApi(createRequest({ fetch: deps.fetch, onSignedOut: () => signedOut.update(() => true) }));
  const later = (action: () => void, ms: number): void => void setTimeout(action, ms);
  const connections = createConnections({ api, later });
  const feed = createFeed(api, later);
  const notifications = createNotifications(api, later);
  const imports = createImports(api, later, () => new Date(deps.nowMs()).toISOString());
  const messages = createMessages();
  const touched = createStore<ReadonlyMap<string, number>>(new Map());

  const touch = (ids: readonly string[]): void =>
    touched.update((known) => new Map([...known, ...ids.map((id) => [id, (known.get(id) ?? 0) + 1] as const)]));

  const onEvent = (entry: LoggedEvent): void => {
    feed.add(entry);
    const stale = staleBy(entry.event);
    if (stale.connection !== undefined) connections.refresh(stale.connection.id, stale.connection.revision);
    if (stale.import !== undefined) imports.refresh(stale.import.id);
    if (stale.notification !== undefined) notifications.refresh(stale.notification.id, stale.notification.revision);
    const about = connectionIdOf(entry.event);
    if (about !== undefined) touch([about]);
  };

  const onStale = (): void => {
    void connections.reload();
    void feed.reload();
    void notifications.reload();
    void imports.reload();
    touch([...touched.get().keys(), ...connections.rows.get().value.keys()]);
  };

  const stream = createLiveStream({
    open: deps.openStream,
    nowMs: deps.nowMs,
    onEvent,
    onStale,
    // A stream does not say why it was refused; an ordinary call does, and finds the session over if that is it.
    onClosed: () => void api.events({ limit: 1 }),
  });

  // The lists do not wait for the stream: where only that is broken, the page still shows what there is.
  void connections.reload();
  void notifications.reload();
  void feed.reload();

  return {
    api,
    signedOut,
    connections,
    feed,
    notifications,
    imports,
    messages,
    stream,
    touched,
    act: async ({ id, name }, action) => {
      const answer = await api.command(id, action);
      if (!answer.ok) {
        messages.sayProblem(`${ACTION_WORDS[action].label.replace('…', '')} “${name}” failed.`, answer.error);
        connections.refresh(id, '0');
        return false;
      }
      const { recorded, revision, traceId } = answer.value;
      const text =
        recorded.length === 0 ? `Nothing to do: “${name}” was so already.` : `${ACTION_WORDS[action].done} “${name}”.`;
      messages.say(text, traceId);
      connections.refresh(id, revision);
      touch([id]);
      return true;
    },
    acknowledge: async ({ id, title }) => {
      const answer = await api.acknowledge(id);
      if (!answer.ok) {
        messages.sayProblem(`“${title}” could not be acknowledged.`, answer.error);
        return;
      }
      messages.say(`Acknowledged “${title}”.`, answer.value.traceId);
      notifications.refresh(id, answer.value.revision);
    },
    [Symbol.dispose]: () => stream[Symbol.dispose](),
  };
}
