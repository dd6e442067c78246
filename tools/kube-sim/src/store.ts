import { nameUuid } from '@mooring/kernel';
import { createChangeLog, type StoredEvent } from './change-log.ts';
import type { TypeRegistry } from './type-registry.ts';
import { apiVersionOf, storedVersionOf, type SimulatedType, type TypeName } from './types.ts';

export type { StoredEvent } from './change-log.ts';

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly [field: string]: unknown;
}

export interface KubeObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** What a caller gives; uid, version and times are filled in. */
export interface ObjectDraft {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface ObjectName {
  readonly name: string;
  readonly namespace?: string;
}

/**
 * An object that nobody has changed yet. It is built when somebody looks at it, and may be shared by many clusters: what differs from
 * one to the other (uids, versions, times) is given to it.
 */
export interface LazyObject extends ObjectName {
  /** Counted over all types from 1: its version is the cluster's first one plus this. */
  readonly ordinal: number;
  draft(uidOf: (type: TypeName, name: ObjectName) => string): ObjectDraft;
}

/** By group resource; each list ordered by namespace and name. */
export type LazyContent = ReadonlyMap<string, readonly LazyObject[]>;

/** An object of a list that is of one moment, however much later it is read. */
export type Listed = LazyObject | KubeObject;

/** The state of one cluster with its recent past, as etcd and the watch cache hold it. Objects are replaced, never changed. */
export interface ObjectStore {
  readonly version: number;
  /** Creates or replaces; an object that was removed and comes back has another uid. */
  upsert(type: TypeName, draft: ObjectDraft): KubeObject;
  /** False when there is no such object. */
  remove(type: TypeName, name: ObjectName): boolean;
  get(type: TypeName, name: ObjectName): KubeObject | undefined;
  /** Ordered by namespace and name, as etcd orders keys. */
  list(type: TypeName, namespace?: string): readonly KubeObject[];
  /** As `list`, but nothing is built before `read`. */
  listed(type: TypeName, namespace?: string): readonly Listed[];
  read(type: SimulatedType, listed: Listed): KubeObject;
  /** How many there are. */
  count(type: TypeName): number;
  /** What happened after `version`, which may be one that was never reached; `gone` when that is forgotten. */
  since(version: number): readonly StoredEvent[] | 'gone';
  /** Forgets the past, so that every older version is gone. */
  compact(): void;
  /** Called synchronously for every change until the returned function is called. */
  subscribe(listener: (event: StoredEvent) => void): () => void;
}

export interface StoreOptions {
  readonly clusterName: string;
  readonly registry: TypeRegistry;
  /** Version before the first change. A restart that must not be mistaken for the earlier life takes a higher one. */
  readonly firstVersion: number;
  readonly content?: LazyContent | undefined;
  /** Changes remembered for watches that resume. Default 10,000. */
  readonly eventsKept?: number | undefined;
  readonly now?: () => Date;
  readonly uidOf?: (kind: string, name: ObjectName) => string | undefined;
}

interface Held {
  readonly lazy: ReadonlyMap<string, LazyObject>;
  readonly removed: Set<string>;
  readonly objects: Map<string, KubeObject>;
}

const keyOf = ({ namespace, name }: ObjectName): string => `${namespace ?? ''}/${name}`;
const isLazy = (listed: Listed): listed is LazyObject => 'ordinal' in listed;
/** Without building what is lazy. */
export const nameOf = (listed: Listed): ObjectName => (isLazy(listed) ? listed : listed.metadata);
const listedKey = (listed: Listed): string => keyOf(nameOf(listed));
const byKey = (a: Listed, b: Listed): number => (listedKey(a) < listedKey(b) ? -1 : 1);
const secondsOf = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

const lazyMaps = new WeakMap<readonly LazyObject[], ReadonlyMap<string, LazyObject>>();
const NOTHING: ReadonlyMap<string, LazyObject> = new Map();

/** One map for all clusters that share the list. */
function lazyMapOf(objects: readonly LazyObject[] | undefined): ReadonlyMap<string, LazyObject> {
  if (objects === undefined) return NOTHING;
  const known = lazyMaps.get(objects);
  if (known !== undefined) return known;
  const made = new Map(objects.map((each) => [keyOf(each), each]));
  lazyMaps.set(objects, made);
  return made;
}

export function createObjectStore(options: StoreOptions): ObjectStore {
  const { clusterName, registry, firstVersion, content, now = () => new Date(), uidOf } = options;
  const startedAt = secondsOf(now());
  const lazyCount = [...(content?.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
  const log = createChangeLog(firstVersion + lazyCount, options.eventsKept ?? 10_000);
  const held = new Map<string, Held>();
  const lives = new Map<string, number>();

  const holdingOf = (groupResource: string): Held => {
    const found = held.get(groupResource);
    if (found !== undefined) return found;
    const lazy = lazyMapOf(content?.get(groupResource));
    const made: Held = { lazy, removed: new Set(), objects: new Map() };
    held.set(groupResource, made);
    return made;
  };
  /** The uid of the `life`th object of this name: the first one's can be told before it is looked at. */
  const uidOfLife = (type: SimulatedType, name: ObjectName, life: number): string => {
    const what = type.origin === 'builtin' ? type.kind : type.groupResource;
    return uidOf?.(type.kind, name) ?? nameUuid('kube-sim', clusterName, `${what}/${keyOf(name)}`, String(life));
  };
  const newUid = (type: SimulatedType, name: ObjectName): string => {
    const key = `${type.groupResource}/${keyOf(name)}`;
    const life = (lives.get(key) ?? (holdingOf(type.groupResource).lazy.has(keyOf(name)) ? 1 : 0)) + 1;
    lives.set(key, life);
    return uidOfLife(type, name, life);
  };
  const assemble = (type: SimulatedType, draft: ObjectDraft, filled: Omit<ObjectMeta, 'name'>): KubeObject => {
    const { name, namespace, ...rest } = draft.metadata;
    return {
      kind: type.kind,
      apiVersion: apiVersionOf(type.group, storedVersionOf(type)),
      ...draft,
      // In the order of Kubernetes' own JSON: a reader that cuts off a long object still finds the uid near its start.
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...filled, ...rest } as ObjectMeta,
    };
  };
  const read: ObjectStore['read'] = (type, listed) => {
    if (!isLazy(listed)) return listed;
    const uidOfFirst = (other: TypeName, name: ObjectName): string => uidOfLife(registry.named(other), name, 1);
    return assemble(type, listed.draft(uidOfFirst), {
      uid: uidOfLife(type, listed, 1),
      resourceVersion: String(firstVersion + listed.ordinal),
      creationTimestamp: startedAt,
    });
  };
  const find = (type: SimulatedType, name: ObjectName): KubeObject | undefined => {
    const { lazy, removed, objects } = holdingOf(type.groupResource);
    const key = keyOf(name);
    const changed = objects.get(key);
    if (changed !== undefined || removed.has(key)) return changed;
    const untouched = lazy.get(key);
    return untouched === undefined ? undefined : read(type, untouched);
  };
  const listed: ObjectStore['listed'] = (typeName, namespace) => {
    const type = registry.find(typeName);
    if (type === undefined) return [];
    const { lazy, removed, objects } = holdingOf(type.groupResource);
    const isMine = (name: ObjectName): boolean => namespace === undefined || name.namespace === namespace;
    const found: Listed[] = [];
    for (const [key, each] of lazy) if (!removed.has(key) && !objects.has(key) && isMine(each)) found.push(each);
    // Lazy ones are in order.
    if (objects.size === 0) return found;
    for (const each of objects.values()) if (isMine(each.metadata)) found.push(each);
    return found.sort(byKey);
  };

  return {
    get version() {
      return log.version;
    },
    upsert(typeName, draft) {
      const type = registry.named(typeName);
      const before = find(type, draft.metadata);
      const version = log.next();
      const object = assemble(type, draft, {
        uid: before?.metadata.uid ?? newUid(type, draft.metadata),
        resourceVersion: String(version),
        creationTimestamp: before?.metadata.creationTimestamp ?? secondsOf(now()),
      });
      holdingOf(type.groupResource).objects.set(keyOf(draft.metadata), object);
      const what = { version, groupResource: type.groupResource, object };
      log.record(before === undefined ? { ...what, type: 'ADDED' } : { ...what, type: 'MODIFIED', before });
      return object;
    },
    remove(typeName, name) {
      const type = registry.named(typeName);
      const before = find(type, name);
      if (before === undefined) return false;
      const version = log.next();
      const { removed, objects } = holdingOf(type.groupResource);
      objects.delete(keyOf(name));
      removed.add(keyOf(name));
      const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };
      log.record({ version, type: 'DELETED', groupResource: type.groupResource, object });
      return true;
    },
    get(typeName, name) {
      const type = registry.find(typeName);
      return type === undefined ? undefined : find(type, name);
    },
    list(typeName, namespace) {
      const type = registry.find(typeName);
      return type === undefined ? [] : listed(typeName, namespace).map((each) => read(type, each));
    },
    listed,
    read,
    count(typeName) {
      const type = registry.find(typeName);
      if (type === undefined) return 0;
      const { lazy, removed, objects } = holdingOf(type.groupResource);
      let count = objects.size + lazy.size;
      for (const key of lazy.keys()) if (removed.has(key) || objects.has(key)) count -= 1;
      return count;
    },
    since: (version) => log.since(version),
    compact: () => log.compact(),
    subscribe: (listener) => log.subscribe(listener),
  };
}
