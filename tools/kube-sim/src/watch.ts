import type { Exchange, LineStream } from './exchange.ts';
import type { FaultRules } from './faults.ts';
import { apiVersionOf, kindNamed, type KindName } from './kinds.ts';
import { statusDocument } from './status.ts';
import type { KubeObject, ObjectStore } from './store.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

interface OpenWatch {
  readonly kind: KindName;
  readonly stream: LineStream;
}

export interface WatchHandler {
  handle(exchange: Exchange, kind: KindName, namespace: string | undefined): void;
  /** Tells every open watch that its version is gone. */
  gone(): void;
  cut(kind: KindName | undefined, insideLine: boolean): void;
  writeRaw(kind: KindName, text: string): void;
  readonly open: number;
}

const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const goneLine = (): string => line('ERROR', statusDocument(410, 'too old resource version'));

export function createWatchHandler(store: ObjectStore, rules: FaultRules, bookmarkMs: number): WatchHandler {
  const watches = new Set<OpenWatch>();

  const bookmark = (kind: KindName, initialEnd: boolean): string =>
    line('BOOKMARK', {
      kind,
      apiVersion: apiVersionOf(kindNamed(kind)),
      metadata: {
        resourceVersion: String(store.version),
        creationTimestamp: null,
        ...(initialEnd ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
      },
    });
  const send = (stream: LineStream, text: string): Promise<void> => stream.write(rules.duplicate ? text + text : text);

  /** From here on every change goes to the stream, in order; those that come while the first state is sent are held back. */
  const follow = (kind: KindName, namespace: string | undefined, stream: LineStream): { release(): void } => {
    let held: string[] | undefined = [];
    const unsubscribe = store.subscribe((event) => {
      if (event.kind !== kind || (namespace !== undefined && event.object.metadata.namespace !== namespace)) return;
      const text = line(event.type, event.object);
      if (held === undefined) void send(stream, text);
      else held.push(text);
    });
    stream.onClose(unsubscribe);
    return {
      release() {
        for (const text of held ?? []) void send(stream, text);
        held = undefined;
      },
    };
  };
  const keepAlive = (kind: KindName, stream: LineStream, exchange: Exchange): void => {
    const seconds = Number(exchange.query.get('timeoutSeconds') ?? 1800);
    const lifetime = setTimeout(() => stream.end(), seconds * 1000);
    const bookmarks =
      exchange.query.get('allowWatchBookmarks') === 'true'
        ? setInterval(() => void stream.write(bookmark(kind, false)), bookmarkMs)
        : undefined;
    const watch = { kind, stream };
    watches.add(watch);
    stream.onClose(() => {
      clearTimeout(lifetime);
      clearInterval(bookmarks);
      watches.delete(watch);
    });
  };
  const sendInitial = async (
    stream: LineStream,
    objects: readonly KubeObject[],
    end: string | undefined,
  ): Promise<void> => {
    for (const object of objects) {
      if (stream.closed) return;
      await send(stream, line('ADDED', object));
    }
    if (end !== undefined) await stream.write(end);
  };

  return {
    handle(exchange, kind, namespace) {
      const { query } = exchange;
      const from = query.get('resourceVersion') ?? '';
      const initial = query.get('sendInitialEvents') === 'true';
      if (initial && !rules.streamedLists) {
        exchange.sendStatus(422, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch');
        return;
      }
      if (initial && query.get('resourceVersionMatch') !== 'NotOlderThan') {
        exchange.sendStatus(422, 'resourceVersionMatch: Forbidden: sendInitialEvents requires NotOlderThan');
        return;
      }
      const stream = exchange.startStream();
      const missed = initial || from === '' || from === '0' ? [] : store.since(Number(from));
      if (missed === 'gone') {
        void stream.write(goneLine());
        stream.end();
        return;
      }
      keepAlive(kind, stream, exchange);
      const following = follow(kind, namespace, stream);
      if (initial || from === '' || from === '0') {
        const end = initial && query.get('allowWatchBookmarks') === 'true' ? bookmark(kind, true) : undefined;
        void sendInitial(stream, store.list(kind, namespace), end).then(() => following.release());
        return;
      }
      for (const event of missed) {
        if (event.kind !== kind || (namespace !== undefined && event.object.metadata.namespace !== namespace)) continue;
        void send(stream, line(event.type, event.object));
      }
      following.release();
    },
    gone() {
      for (const { stream } of watches) {
        void stream.write(goneLine());
        stream.end();
      }
    },
    cut(kind, insideLine) {
      for (const watch of watches) {
        if (kind !== undefined && watch.kind !== kind) continue;
        const [first] = store.list(watch.kind);
        const whole = line('MODIFIED', first ?? {});
        watch.stream.cut(insideLine ? whole.slice(0, Math.floor(whole.length / 2)) : undefined);
      }
    },
    writeRaw(kind, text) {
      for (const watch of watches) if (watch.kind === kind) void watch.stream.write(text);
    },
    get open() {
      return watches.size;
    },
  };
}
