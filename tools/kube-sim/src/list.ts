import { randomUUID } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import type { FaultRules } from './faults.ts';
import { apiVersionOf, kindNamed, type KindName } from './kinds.ts';
import type { KubeObject, ObjectStore } from './store.ts';

/** Lists that are being read page by page: each is of one moment, as in etcd. */
interface OpenList {
  readonly version: number;
  readonly rest: readonly KubeObject[];
}

const OPEN_LISTS_MAX = 100;

/** Items of a list carry no kind and version of their own; a real server leaves them out too. */
const asItem = (object: KubeObject): object => ({ ...object, kind: undefined, apiVersion: undefined });

export type ListHandler = (exchange: Exchange, kind: KindName, namespace: string | undefined) => void;

export function createListHandler(store: ObjectStore, rules: FaultRules): ListHandler & { forget(): void } {
  const open = new Map<string, OpenList>();

  const handle: ListHandler = (exchange, kind, namespace) => {
    const token = exchange.query.get('continue') ?? '';
    const limit = Number(exchange.query.get('limit') ?? 0);
    const list = token === '' ? { version: store.version, rest: store.list(kind, namespace) } : open.get(token);
    if (list === undefined) {
      exchange.sendStatus(410, 'The provided continue parameter is too old to display a consistent list result.');
      return;
    }
    if (!rules.endlessPages) open.delete(token);
    // resourceVersion=0 is answered from the cache, and the limit is ignored.
    const fromCache = token === '' && exchange.query.get('resourceVersion') === '0';
    const size = limit > 0 && !fromCache ? limit : list.rest.length;
    const page = list.rest.slice(0, size);
    const after = list.rest.slice(size);
    const rest = rules.endlessPages && after.length > 0 ? list.rest : after;
    let next = '';
    if (rest.length > 0) {
      next = rules.endlessPages && token !== '' ? token : randomUUID();
      open.set(next, { version: list.version, rest });
      const [oldest] = open.keys();
      if (open.size > OPEN_LISTS_MAX && oldest !== undefined) open.delete(oldest);
    }
    const items = (rules.duplicate ? [...page.slice(0, 1), ...page] : page).map(asItem);
    exchange.sendJson(200, {
      kind: `${kind}List`,
      apiVersion: apiVersionOf(kindNamed(kind)),
      metadata: {
        resourceVersion: String(list.version),
        ...(next === '' ? {} : { continue: next, remainingItemCount: rest.length }),
      },
      items,
    });
  };
  return Object.assign(handle, { forget: () => open.clear() });
}
