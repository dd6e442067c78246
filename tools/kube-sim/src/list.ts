import { randomUuid } from '@mooring/kernel';
import { writeEndlessObject } from './endless.ts';
import type { Exchange } from './exchange.ts';
import type { FaultRules } from './fault-rules.ts';
import { negotiate, representation } from './representation.ts';
import { parseSelectors } from './selectors.ts';
import type { KubeObject, Listed, ObjectStore } from './store.ts';
import type { SimulatedType } from './types.ts';

/** Lists that are being read page by page: each is of one moment, as in etcd. */
interface OpenList {
  readonly version: number;
  readonly rest: readonly Listed[];
  readonly selects: ((object: KubeObject) => boolean) | undefined;
}

/** One collection of one request: `version` is the one in the path. */
export interface Collection {
  readonly type: SimulatedType;
  readonly version: string;
  readonly namespace: string | undefined;
}

const OPEN_LISTS_MAX = 100;
const TOKEN = /^page-[0-9a-f-]{36}$/;

export type ListHandler = (exchange: Exchange, collection: Collection) => void;

export interface OpenLists {
  /** Every list that is being read is told 410 for its next page. */
  forget(): void;
  /** What etcd compacts is kept in the server's memory, */
  compact(): void;
  /** which a restart ends. */
  restart(): void;
}

export const versionRefusal = (text: string): string =>
  `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;

export function createListHandler(store: ObjectStore, rules: FaultRules): ListHandler & OpenLists {
  const open = new Map<string, OpenList>();
  const compacted = new Set<string>();

  const start = (exchange: Exchange, { type, namespace }: Collection): OpenList | undefined => {
    const selects = parseSelectors(exchange.query, type.kind);
    const asked = exchange.query.get('resourceVersion') ?? '';
    if (!selects.ok) exchange.sendStatus(400, selects.error);
    else if (!/^\d*$/.test(asked)) exchange.sendStatus(400, versionRefusal(asked));
    else if (Number(asked) > store.version)
      exchange.sendStatus(504, `Too large resource version: ${asked}, current: ${store.version}`, {
        'retry-after': '1',
      });
    else {
      return { version: store.version, rest: store.listed(type.groupResource, namespace), selects: selects.value };
    }
    return undefined;
  };
  const resume = (exchange: Exchange, token: string): OpenList | undefined => {
    const list = open.get(token);
    if (!TOKEN.test(token)) exchange.sendStatus(400, 'invalid continue token: continue key is not valid');
    else if (list === undefined)
      exchange.sendStatus(
        410,
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
      );
    return list;
  };
  /** Keeps what is left of the list and gives the token for it. */
  const keep = (list: OpenList, token: string): string => {
    const next = rules.endlessPages === true && token !== '' ? token : `page-${randomUuid()}`;
    open.set(next, list);
    const [oldest] = open.keys();
    if (open.size > OPEN_LISTS_MAX && oldest !== undefined) open.delete(oldest);
    return next;
  };

  const handle: ListHandler = (exchange, collection) => {
    const { type, version } = collection;
    const shape = negotiate(exchange.accept, 'list');
    if (shape === undefined) {
      exchange.sendStatus(406, 'only the following media types are accepted: application/json');
      return;
    }
    const token = exchange.query.get('continue') ?? '';
    const list = token === '' ? start(exchange, collection) : resume(exchange, token);
    if (list === undefined) return;
    if (rules.isEndless(type.groupResource)) {
      writeEndlessObject(exchange.startStream(), `{"kind":"${type.kind}List","apiVersion":"v1","items":[`, type.kind);
      return;
    }
    const endless = rules.endlessPages !== false;
    if (!endless) open.delete(token);
    // resourceVersion=0 is answered from the cache, and the limit is ignored.
    const fromCache = token === '' && exchange.query.get('resourceVersion') === '0';
    const limit = Number(exchange.query.get('limit') ?? 0);
    const size = limit > 0 && !fromCache ? limit : list.rest.length;
    const page: KubeObject[] = [];
    let read = 0;
    for (const each of list.rest) {
      if (page.length >= size) break;
      read += 1;
      const object = store.read(type, each);
      if (list.selects?.(object) ?? true) page.push(object);
    }
    const after = list.rest.slice(read);
    const rest = endless && after.length > 0 ? list.rest : after;
    const next = rest.length > 0 ? keep({ ...list, rest }, token) : '';
    const objects = (rules.duplicate ? [...page.slice(0, 1), ...page] : page).map((each) => rules.said(type, each));
    const metadata = {
      resourceVersion: rules.versionSaid(list.version),
      ...(next === '' ? {} : { continue: next }),
      // With a selector the server does not know how many are left, or whether any is.
      ...(next === '' || list.selects !== undefined ? {} : { remainingItemCount: rest.length }),
    };
    exchange.sendJson(200, representation(type, version, shape).list(objects, metadata));
  };
  return Object.assign(handle, {
    forget: () => open.clear(),
    compact() {
      for (const token of open.keys()) compacted.add(token);
    },
    restart() {
      for (const token of compacted) open.delete(token);
      compacted.clear();
    },
  });
}
