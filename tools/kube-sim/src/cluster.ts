import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { createClusterKeys, type ClusterKeys, type ServerCertificateOptions } from './certificates.ts';
import { fillCluster, homesOf, plannedWorkloads, type ContentOptions } from './content.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import { createFront } from './front.ts';
import type { KindName } from './kinds.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { live, seededRandom } from './life.ts';
import { createListHandler } from './list.ts';
import { createRequestCounters, type RequestCounters } from './requests.ts';
import { route, type User } from './router.ts';
import { createObjectStore, type KubeObject, type ObjectDraft, type ObjectName } from './store.ts';
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
}

export interface SimulatedCluster extends AsyncDisposable {
  readonly name: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  readonly port: number;
  readonly uid: string;
  readonly keys: ClusterKeys;
  /** With the token; see `kubeconfigOf` for the client certificate. */
  readonly kubeconfig: string;
  upsert(kind: KindName, draft: ObjectDraft): KubeObject;
  /** False when there is no such object. */
  remove(kind: KindName, name: ObjectName): boolean;
  list(kind: KindName): readonly KubeObject[];
  get(kind: KindName, name: ObjectName): KubeObject | undefined;
  /** Refuses connections and ends those there are; the state stays. */
  stop(): Promise<void>;
  /** On the same port, with the same state. */
  start(): Promise<void>;
  /** Refuses the old token, and takes this one. */
  rotateToken(token: string): void;
  readonly faults: Faults;
  readonly requests: RequestCounters;
  readonly openWatches: number;
  /** Lets deployments scale and pods come and go, one every `intervalMs`, always in the same way, until the signal aborts. */
  live(intervalMs: number, signal: AbortSignal): Promise<void>;
}

/** Starts a simulated API server on loopback. Closed by disposing it. */
export async function createSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { name } = options;
  const given = options.keys ?? (await createClusterKeys(name, options.serverCertificate));
  let { token } = given;
  const store = createObjectStore({
    clusterName: name,
    firstVersion: options.firstVersion ?? 1000,
    uidOf: (kind, object) => (kind === 'Namespace' && object.name === 'kube-system' ? options.uid : undefined),
  });
  fillCluster(store, options);
  const requests = createRequestCounters();

  const { faults, rules } = createFaults({
    setStalled: (stalled) => front.setStalled(stalled),
    cutConnections: () => front.cutConnections(),
    cutStreams: (kind, insideLine) => watch.cut(kind, insideLine),
    writeRaw: (kind, text) => watch.writeRaw(kind, text),
    gone() {
      store.compact();
      list.forget();
      watch.gone();
    },
  });
  const list = createListHandler(store, rules);
  const watch = createWatchHandler(store, rules, options.bookmarkMs ?? 60_000);
  const userOf = ({ authorization, certified }: Exchange): User => {
    if (certified) return 'known';
    if (authorization === undefined) return 'anonymous';
    return authorization === `Bearer ${token}` ? 'known' : 'refused';
  };
  const router = {
    store,
    rules,
    list,
    watch,
    userOf,
    gitVersion: options.gitVersion ?? 'v1.35.4',
    count: (verb: string, path: string) => requests.add(verb, path),
  };

  const server = createSecureServer(
    {
      allowHTTP1: true,
      cert: given.server.certPem,
      key: given.server.keyPem,
      ca: given.caPem,
      requestCert: true,
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams: 250 },
    },
    (request, response) =>
      route(
        router,
        createExchange(request, response, () => rules.dripMs),
      ),
  );
  const connections = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  // A client that goes away in the middle is daily business here.
  server.on('sessionError', () => undefined);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const inner = server.address();
  if (inner === null || typeof inner === 'string') throw new Error('the simulated API server has no port');
  const front = createFront({ host: '127.0.0.1', port: options.port ?? 0, targetPort: inner.port });
  await front.open();

  const uid = store.get('Namespace', { name: 'kube-system' })?.metadata.uid ?? '';
  const url = (): string => `https://127.0.0.1:${front.port}`;
  return {
    name,
    uid,
    get server() {
      return url();
    },
    get port() {
      return front.port;
    },
    get keys() {
      return { ...given, token };
    },
    get kubeconfig() {
      return kubeconfigOf([{ name, server: url(), keys: { ...given, token } }]);
    },
    upsert: (kind, draft) => store.upsert(kind, draft),
    remove: (kind, object) => store.remove(kind, object),
    list: (kind) => store.list(kind),
    get: (kind, object) => store.get(kind, object),
    stop: () => front.close(),
    start: () => front.open(),
    rotateToken(next) {
      token = next;
      watch.cut(undefined, false);
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
    async [Symbol.asyncDispose]() {
      await front.close();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      // The server would wait for watches that never end by themselves.
      for (const session of sessions) session.destroy();
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}
