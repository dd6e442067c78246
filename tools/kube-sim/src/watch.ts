import { writeEndlessObject } from './endless.ts';
import type { Exchange, LineStream } from './exchange.ts';
import type { FaultRules } from './fault-rules.ts';
import { createHeldStream } from './held-stream.ts';
import { versionRefusal, type Collection } from './list.ts';
import { negotiate, representation } from './representation.ts';
import { parseSelectors } from './selectors.ts';
import type { Listed, ObjectStore } from './store.ts';
import type { SimulatedType } from './types.ts';
import { createWatchLines, goneLine, watchLine, type WatchLines } from './watch-lines.ts';

interface OpenWatch {
  readonly type: SimulatedType;
  readonly stream: LineStream;
  readonly release: () => void;
}

export interface WatchHandler {
  handle(exchange: Exchange, collection: Collection): void;
  /** Tells every open watch that its version is gone. */
  gone(): void;
  /** Without a name, all of them. */
  cut(groupResource: string | undefined, insideLine: boolean): void;
  /** Ends them in order, as a server does that stops serving the type, or stops. */
  end(groupResource: string | undefined): void;
  writeRaw(groupResource: string, text: string): void;
  writeEndless(groupResource: string): void;
  /** Lets go what was held back. */
  release(groupResource: string): void;
  readonly open: number;
}

const DEFAULT_LIFETIME_SECONDS = 1800;

/** Whether the request may be answered as a watch; if not, it was refused. */
function refused(exchange: Exchange, rules: FaultRules): boolean {
  const { query } = exchange;
  const initial = query.get('sendInitialEvents') === 'true';
  const from = query.get('resourceVersion') ?? '';
  if (initial && !rules.streamedLists)
    exchange.sendStatus(422, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch');
  else if (initial && query.get('resourceVersionMatch') !== 'NotOlderThan')
    exchange.sendStatus(422, 'resourceVersionMatch: Forbidden: sendInitialEvents requires NotOlderThan');
  else if (!/^\d*$/.test(from)) exchange.sendStatus(500, versionRefusal(from));
  else return false;
  return true;
}

export function createWatchHandler(store: ObjectStore, rules: FaultRules, bookmarkMs: number): WatchHandler {
  const watches = new Set<OpenWatch>();
  const of = (groupResource: string | undefined): readonly OpenWatch[] =>
    [...watches].filter(({ type }) => groupResource === undefined || type.groupResource === groupResource);
  const send = (stream: LineStream, text: string): Promise<void> => stream.write(rules.duplicate ? text + text : text);

  /** From here on every change goes to the stream, in order; those that come while the first state is sent are held back. */
  const follow = (stream: LineStream, lines: WatchLines): { release(): void } => {
    let held: string[] | undefined = [];
    const unsubscribe = store.subscribe((event) => {
      const text = lines.event(event);
      if (text === undefined) return;
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
  const keepAlive = (watch: OpenWatch, lines: WatchLines, query: URLSearchParams): void => {
    const { stream } = watch;
    const seconds = Number(query.get('timeoutSeconds') ?? DEFAULT_LIFETIME_SECONDS);
    const lifetime = setTimeout(() => stream.end(), seconds * 1000);
    const bookmarks =
      query.get('allowWatchBookmarks') === 'true'
        ? setInterval(() => void stream.write(lines.bookmark(store.version, false)), bookmarkMs)
        : undefined;
    watches.add(watch);
    stream.onClose(() => {
      clearTimeout(lifetime);
      clearInterval(bookmarks);
      watches.delete(watch);
    });
  };
  const sendInitial = async (
    { type, stream }: OpenWatch,
    lines: WatchLines,
    objects: readonly Listed[],
    selects: ((object: ReturnType<ObjectStore['read']>) => boolean) | undefined,
  ): Promise<void> => {
    for (const each of objects) {
      if (stream.closed) return;
      const object = store.read(type, each);
      if (selects?.(object) ?? true) await send(stream, lines.added(object));
    }
  };

  return {
    handle(exchange, { type, version, namespace }) {
      const { query } = exchange;
      const selects = parseSelectors(query, type.kind);
      const shape = negotiate(exchange.accept, 'watch');
      if (!selects.ok) exchange.sendStatus(400, selects.error);
      else if (shape === undefined) exchange.sendStatus(406, 'only the following media types are accepted');
      if (!selects.ok || shape === undefined || refused(exchange, rules)) return;
      const from = query.get('resourceVersion') ?? '';
      const initial = query.get('sendInitialEvents') === 'true';
      const fromStart = initial || from === '' || from === '0';
      const as = representation(type, version, shape);
      const after = fromStart ? 0 : Number(from);
      const lines = createWatchLines({ type, namespace, selects: selects.value, as, after }, rules);
      const missed = fromStart ? [] : store.since(Number(from));
      const { stream, release } = createHeldStream(exchange.startStream(), () => rules.isHeld(type.groupResource));
      if (missed === 'gone') {
        void stream.write(goneLine());
        stream.end();
        return;
      }
      const watch: OpenWatch = { type, stream, release };
      keepAlive(watch, lines, query);
      if (rules.isEndless(type.groupResource)) {
        writeEndlessObject(stream, '{"type":"ADDED","object":', type.kind);
        return;
      }
      const following = follow(stream, lines);
      if (!fromStart) {
        for (const event of missed) {
          const text = lines.event(event);
          if (text !== undefined) void send(stream, text);
        }
        following.release();
        return;
      }
      const end =
        initial && query.get('allowWatchBookmarks') === 'true' ? lines.bookmark(store.version, true) : undefined;
      void sendInitial(watch, lines, store.listed(type.groupResource, namespace), selects.value)
        .then(() => (end === undefined ? undefined : stream.write(end)))
        .then(() => following.release());
    },
    gone() {
      for (const { stream } of watches) {
        void stream.write(goneLine());
        stream.end();
      }
    },
    cut(groupResource, insideLine) {
      for (const { type, stream } of of(groupResource)) {
        const [first] = store.listed(type.groupResource);
        const whole = watchLine('MODIFIED', first === undefined ? {} : store.read(type, first));
        stream.cut(insideLine ? whole.slice(0, Math.floor(whole.length / 2)) : undefined);
      }
    },
    end(groupResource) {
      for (const { stream } of of(groupResource)) stream.end();
    },
    writeRaw(groupResource, text) {
      for (const { stream } of of(groupResource)) void stream.write(text);
    },
    writeEndless(groupResource) {
      for (const { type, stream } of of(groupResource))
        writeEndlessObject(stream, '{"type":"ADDED","object":', type.kind);
    },
    release(groupResource) {
      for (const watch of of(groupResource)) watch.release();
    },
    get open() {
      return watches.size;
    },
  };
}
