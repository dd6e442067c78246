import { seededRandom } from '@mooring/kernel';
import { lazyContent, type LazyContentOptions } from './lazy-content.ts';
import { startApiServer } from './api-server.ts';
import { builtinTypes, type BuiltinTypes } from './builtin-types.ts';
import { createClusterKeys, type ClusterKeys, type ServerCertificateOptions } from './certificates.ts';
import { createChurn, holdRate, type ChurnOptions, type ChurnTally } from './churn.ts';
import { fillCluster, homesOf, plannedWorkloads, type ContentOptions } from './content.ts';
import { createDiscovery } from './discovery.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { live } from './life.ts';
import { createListHandler } from './list.ts';
import { createRequestCounters, type RequestCounters } from './requests.ts';
import { route, type User } from './router.ts';
import { createServedTypes, type ServedTypes } from './served-types.ts';
import { createObjectStore, type KubeObject, type ObjectDraft, type ObjectName } from './store.ts';
import { createTypeRegistry } from './type-registry.ts';
import type { SimulatedType, TypeName } from './types.ts';
import { mayRead, type Right } from './users.ts';
import { createWatchHandler } from './watch.ts';

export interface SimulatedClusterOptions extends ContentOptions {
  /** Also the seed of every uid: the same name gives the same cluster. */
  readonly name: string;
  /** Default: any free one. */
  readonly port?: number;
  /** UID of kube-system. Default: made from the name. */
  readonly uid?: string;
  /** Default: new ones. */
  readonly keys?: ClusterKeys;
  readonly serverCertificate?: ServerCertificateOptions;
  readonly gitVersion?: string;
  /** Default 60,000, as on a real server. */
  readonly bookmarkMs?: number;
  readonly firstVersion?: number;
  /** `few` (the default): ten types; `all`: what a control plane of Kubernetes 1.35 serves by itself. */
  readonly builtins?: BuiltinTypes;
  /** Content that takes next to no memory, in place of `namespaces`, `nodes` and `pods`: for many and large clusters. */
  readonly lazy?: LazyContentOptions;
  /** Changes remembered for watches that resume. Default 10,000. */
  readonly eventsKept?: number;
}

export interface SimulatedCluster
  extends AsyncDisposable, Pick<ServedTypes, 'installType' | 'uninstallType' | 'installApi' | 'uninstallApi'> {
  readonly name: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  readonly port: number;
  readonly uid: string;
  readonly keys: ClusterKeys;
  /** With the token; see `kubeconfigOf` for the client certificate. */
  readonly kubeconfig: string;
  readonly types: readonly SimulatedType[];
  upsert(type: TypeName, draft: ObjectDraft): KubeObject;
  /** False when there is no such object. */
  remove(type: TypeName, name: ObjectName): boolean;
  list(type: TypeName): readonly KubeObject[];
  get(type: TypeName, name: ObjectName): KubeObject | undefined;
  count(type: TypeName): number;
  /** Refuses connections and ends those there are; the state stays. */
  stop(): Promise<void>;
  /** On the same port, with the same state. */
  start(): Promise<void>;
  /** A restart as another version. */
  upgrade(gitVersion: string): void;
  /** What a compaction of etcd does: nothing, until a `restart`, after which continue tokens from before are gone (410). */
  compact(): void;
  /** What a restart does: every watch ends in order, every connection closes, and no version from before can be resumed (410). */
  restart(): void;
  /** Refuses the old token, and takes this one. Open watches end, unless told otherwise: a real server asks only at the start of a request. */
  rotateToken(token: string, options?: { readonly endWatches?: boolean }): void;
  /** Serves with these from the next connection on, and takes client certificates of their authority only; the token stays. */
  rotateCertificates(keys: ClusterKeys): void;
  /** Somebody who may read only some things; gives the token. The same name again has other rights and another token. */
  addUser(name: string, rights: readonly Right[]): string;
  readonly faults: Faults;
  readonly requests: RequestCounters;
  readonly openWatches: number;
  /** Lets deployments scale and pods come and go, one every `intervalMs`, always in the same way, until the signal aborts. */
  live(intervalMs: number, signal: AbortSignal): Promise<void>;
  /** Makes `count` changes now; which ones follows from the seed alone and from how many were made before. */
  change(count: number, seed?: number): void;
  /** Makes `perSecond` changes a second until the signal aborts; resolves with how many there were. */
  churn(options: ChurnOptions): Promise<ChurnTally>;
}

/** Starts a simulated API server on loopback. Closed by disposing it. */
export async function createSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { name, builtins = 'few' } = options;
  let keys = options.keys ?? (await createClusterKeys(name, options.serverCertificate));
  let gitVersion = options.gitVersion ?? 'v1.35.4';
  const registry = createTypeRegistry(builtinTypes(builtins));
  const requests = createRequestCounters();
  const { faults, rules } = createFaults({
    groupResource: (type) => registry.find(type)?.groupResource ?? type,
    isAway: (group) => served.isAway(group),
    setStalled: (stalled) => api.front.setStalled(stalled),
    cutConnections: () => api.front.cutConnections(),
    cutStreams: (type, insideLine) => watch.cut(type, insideLine),
    writeRaw: (type, text) => watch.writeRaw(type, text),
    writeEndless: (type) => watch.writeEndless(type),
    release: (type) => watch.release(type),
    gone() {
      store.compact();
      list.forget();
      watch.gone();
    },
  });
  const store = createObjectStore({
    clusterName: name,
    registry,
    firstVersion: options.firstVersion ?? 1000,
    eventsKept: options.eventsKept,
    content: options.lazy === undefined ? undefined : lazyContent(options.lazy, builtins),
    now: () => new Date(Date.now() + rules.clockSkewMs),
    uidOf: (kind, object) => (kind === 'Namespace' && object.name === 'kube-system' ? options.uid : undefined),
  });
  const list = createListHandler(store, rules);
  const watch = createWatchHandler(store, rules, options.bookmarkMs ?? 60_000);
  const served = createServedTypes(store, registry, (type) => watch.end(type));
  const restart = (): void => {
    store.compact();
    list.restart();
    watch.end(undefined);
    api.sayGoodbye();
  };
  if (options.lazy === undefined) fillCluster(store, options);

  const everything: User = { name: 'simulated', may: () => true };
  const users = new Map<string, { readonly token: string; readonly user: User }>();
  const userOf = ({ authorization, certified }: Exchange): User => {
    if (certified) return everything;
    if (authorization === undefined) return 'anonymous';
    if (authorization === `Bearer ${keys.token}`) return everything;
    return [...users.values()].find(({ token }) => authorization === `Bearer ${token}`)?.user ?? 'refused';
  };
  const router = {
    store,
    registry,
    rules,
    list,
    watch,
    userOf,
    discovery: createDiscovery(registry, rules),
    gitVersion: () => gitVersion,
    count: (verb: string, path: string) => requests.add(verb, path),
  };
  const api = await startApiServer(options.port ?? 0, keys, (request, response) =>
    route(router, createExchange(request, response, rules)),
  );
  const uid = store.get('Namespace', { name: 'kube-system' })?.metadata.uid ?? '';
  const url = (): string => `https://127.0.0.1:${api.front.port}`;
  const churns = new Map<number, () => void>();
  const stepOf = (seed: number): (() => void) => {
    const known = churns.get(seed) ?? createChurn(store, seed);
    churns.set(seed, known);
    return known;
  };
  return {
    name,
    uid,
    get server() {
      return url();
    },
    get port() {
      return api.front.port;
    },
    get keys() {
      return keys;
    },
    get kubeconfig() {
      return kubeconfigOf([{ name, server: url(), keys }]);
    },
    get types() {
      return registry.types;
    },
    installType: (type) => served.installType(type),
    uninstallType: (type) => served.uninstallType(type),
    installApi: (of, available) => served.installApi(of, available),
    uninstallApi: (group) => served.uninstallApi(group),
    upsert: (type, draft) => store.upsert(type, draft),
    remove(type, object) {
      served.beforeRemove(registry.named(type), object);
      return store.remove(type, object);
    },
    list: (type) => store.list(type),
    get: (type, object) => store.get(type, object),
    count: (type) => store.count(type),
    stop: () => api.front.close(),
    start: () => api.front.open(),
    upgrade(next) {
      gitVersion = next;
      restart();
    },
    compact: () => list.compact(),
    restart,
    rotateToken(token, { endWatches = true } = {}) {
      keys = { ...keys, token };
      if (endWatches) watch.cut(undefined, false);
    },
    rotateCertificates(next) {
      keys = { ...next, token: keys.token };
      api.setKeys(next);
    },
    addUser(who, rights) {
      const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url');
      users.set(who, { token, user: { name: who, may: (request) => mayRead(registry, rights, request) } });
      return token;
    },
    faults,
    requests,
    get openWatches() {
      return watch.open;
    },
    live: (intervalMs, signal) =>
      live({
        store,
        workloads: plannedWorkloads(homesOf(options), options.pods ?? 0, options.nodes ?? 1),
        intervalMs,
        random: seededRandom(Number.parseInt(uid.slice(0, 8), 16)),
        signal,
      }),
    change(count, seed = 1) {
      for (let step = 0; step < count; step += 1) stepOf(seed)();
    },
    churn: ({ seed = 1, ...rate }) => holdRate(rate, stepOf(seed)),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}
