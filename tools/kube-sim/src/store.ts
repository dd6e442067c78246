import { nameUuid } from '@mooring/kernel';
import { apiVersionOf, kindNamed, type KindName } from './kinds.ts';

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

export interface StoredEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: KindName;
  readonly object: KubeObject;
}

/** The state of one cluster with its recent past, as etcd and the watch cache hold it. Objects are replaced, never changed. */
export interface ObjectStore {
  readonly version: number;
  /** Creates or replaces; an object that was removed and comes back has another uid. */
  upsert(kind: KindName, draft: ObjectDraft): KubeObject;
  /** False when there is no such object. */
  remove(kind: KindName, name: ObjectName): boolean;
  get(kind: KindName, name: ObjectName): KubeObject | undefined;
  /** Ordered by namespace and name, as etcd orders keys. */
  list(kind: KindName, namespace?: string): readonly KubeObject[];
  /** What happened after `version`; `gone` when that is forgotten, or was never reached. */
  since(version: number): readonly StoredEvent[] | 'gone';
  /** Forgets the past, so that every older version is gone. */
  compact(): void;
  /** Called synchronously for every change until the returned function is called. */
  subscribe(listener: (event: StoredEvent) => void): () => void;
}

export interface StoreOptions {
  readonly clusterName: string;
  /** Version before the first change. A restart that must not be mistaken for the earlier life takes a higher one. */
  readonly firstVersion: number;
  readonly eventsKept?: number;
  readonly now?: () => Date;
  readonly uidOf?: (kind: KindName, name: ObjectName) => string | undefined;
}

const keyOf = ({ namespace, name }: ObjectName): string => `${namespace ?? ''}/${name}`;
const byKey = (a: KubeObject, b: KubeObject): number => (keyOf(a.metadata) < keyOf(b.metadata) ? -1 : 1);

export function createObjectStore(options: StoreOptions): ObjectStore {
  const { clusterName, eventsKept = 10_000, now = () => new Date(), uidOf } = options;
  let version = options.firstVersion;
  let forgottenUpTo = version;
  let events: StoredEvent[] = [];
  const objects = new Map<KindName, Map<string, KubeObject>>();
  const lives = new Map<string, number>();
  const listeners = new Set<(event: StoredEvent) => void>();

  const ofKind = (kind: KindName): Map<string, KubeObject> => {
    const found = objects.get(kind) ?? new Map<string, KubeObject>();
    objects.set(kind, found);
    return found;
  };
  const record = (event: StoredEvent): void => {
    events.push(event);
    if (events.length > eventsKept * 2) {
      events = events.slice(-eventsKept);
      forgottenUpTo = (events[0]?.version ?? version + 1) - 1;
    }
    for (const listener of [...listeners]) listener(event);
  };
  const newUid = (kind: KindName, name: ObjectName): string => {
    const key = `${kind}/${keyOf(name)}`;
    const life = (lives.get(key) ?? 0) + 1;
    lives.set(key, life);
    return uidOf?.(kind, name) ?? nameUuid('kube-sim', clusterName, key, String(life));
  };

  return {
    get version() {
      return version;
    },
    upsert(kind, draft) {
      const { name, namespace, ...rest } = draft.metadata;
      const before = ofKind(kind).get(keyOf(draft.metadata));
      version += 1;
      const object: KubeObject = {
        kind,
        apiVersion: apiVersionOf(kindNamed(kind)),
        ...draft,
        // In the order of Kubernetes' own JSON: a reader that cuts off a long object still finds the uid near its start.
        metadata: {
          name,
          ...(namespace === undefined ? {} : { namespace }),
          uid: before?.metadata.uid ?? newUid(kind, draft.metadata),
          resourceVersion: String(version),
          creationTimestamp: before?.metadata.creationTimestamp ?? `${now().toISOString().slice(0, 19)}Z`,
          ...rest,
        },
      };
      ofKind(kind).set(keyOf(draft.metadata), object);
      record({ version, type: before === undefined ? 'ADDED' : 'MODIFIED', kind, object });
      return object;
    },
    remove(kind, name) {
      const before = ofKind(kind).get(keyOf(name));
      if (before === undefined) return false;
      version += 1;
      ofKind(kind).delete(keyOf(name));
      const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };
      record({ version, type: 'DELETED', kind, object });
      return true;
    },
    get: (kind, name) => ofKind(kind).get(keyOf(name)),
    list: (kind, namespace) =>
      [...ofKind(kind).values()]
        .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
        .sort(byKey),
    since(after) {
      if (after < forgottenUpTo || after > version) return 'gone';
      return events.filter((event) => event.version > after);
    },
    compact() {
      // The next version is not given to any object: so nobody holds a version that is still good.
      version += 1;
      events = [];
      forgottenUpTo = version;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
