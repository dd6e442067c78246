import { writeFile } from 'node:fs/promises';
import type { KeyPair } from '@mooring/certificates';
import type { EngineProcess } from '@mooring/engines';
import { claimFolder } from './claim-folder.ts';
import { certificateOf, openCertificates } from './certificates.ts';
import { churn, type ChurnOptions, type ChurnTally } from './churn.ts';
import { ROLES, openClusterFolder, type ClusterFolder, type Role } from './cluster-folder.ts';
import { CONTROLLERS, createControlPlane, type Part } from './control-plane.ts';
import { installCrds, type Bundle } from './custom-types.ts';
import { compactEtcd } from './etcd.ts';
import { createKubeApi, type KubeApi } from './kube-api.ts';
import { formatKubeconfig } from './kubeconfig.ts';
import { grantRights } from './users.ts';
import { waitUntil, type Patience } from './wait-until.ts';
import { createDeployments, createNodes, waitForRunningPods, type DeploymentsOptions } from './workloads.ts';

export interface KubeClusterOptions {
  /** Holds everything of the cluster; the same folder is the same cluster again. Made when missing. */
  readonly dataFolder: string;
  /** Simulated nodes. Default 3. */
  readonly nodes?: number;
  /** Pods to run on them, made by Deployments. Default 0. */
  readonly pods?: number;
  /** Of the API server of a new cluster. Default: one that is free. */
  readonly port?: number;
  /** Beside our own, e.g. `--etcd-compaction-interval=30s`; a flag that is there twice is the last one's. */
  readonly apiServerFlags?: readonly string[];
  readonly progress?: (line: string) => void;
  /** Ends the start, and every wait of the cluster: they throw its reason. A first build of the programs goes on. */
  readonly signal?: AbortSignal;
}

export interface KubeUser {
  readonly role: Role;
  readonly token: string;
  /** A kubeconfig with this user's context only. */
  readonly kubeconfig: string;
  /** Calls the API as this user. */
  readonly api: KubeApi;
}

/** A real control plane with simulated nodes. Disposing it ends its processes; its folder stays. */
export interface KubeCluster extends AsyncDisposable {
  /** The admin's. */
  readonly kubeconfig: string;
  /** Of a file with it; those of the others, `kubeconfig-viewer` and so on, lie beside it. All are kept up to date. */
  readonly kubeconfigPath: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** As it is now: a rotation gives it another value. */
  readonly ca: string;
  /** Of the namespace `kube-system`: what identifies the cluster. */
  readonly uid: string;
  /** Of Kubernetes, e.g. `1.35.4`. */
  readonly version: string;
  /** As they are now: a rotation gives them other values. */
  readonly users: Readonly<Record<Role, KubeUser>>;
  /** Process ids, by what they are. */
  readonly processes: Readonly<Record<string, number>>;
  /** Makes the cluster unreachable: connections end, the port is closed. */
  stopApiServer(): Promise<void>;
  /** The same without a goodbye (SIGKILL). */
  killApiServer(): Promise<void>;
  /** Makes it reachable again, ready, on the same port and data; harmless when it is. */
  startApiServer(): Promise<void>;
  /** Stops and starts it: the versions that clients remember are too old (410) afterwards. */
  restartApiServer(): Promise<void>;
  /** See {@link compactEtcd}. Gives the revision. */
  compactEtcd(): Promise<number>;
  /** Gives the user another token and restarts the API server, which reads its tokens only then. The old one is refused. */
  rotateToken(role: Role): Promise<KubeUser>;
  /**
   * Gives the API server another certificate while it runs; resolves when new connections see it. Open ones go on. With `newAuthority` it is
   * signed by another authority, and no client certificate from before is accepted any more.
   */
  rotateCertificate(options?: { readonly newAuthority?: boolean }): Promise<void>;
  /** By which the API server knows the user too, beside the token. */
  clientCertificate(role: Role, notAfter?: Date): Promise<KeyPair>;
  /** Replaces the whole control plane by the next minor version, in place; nothing when it is that one. A first build of it takes minutes. */
  upgrade(): Promise<void>;
  /** Gives the names of the types (`gateways.networking.istio.io`). */
  installCrds(bundle: Bundle): Promise<readonly string[]>;
  churn(options: ChurnOptions): Promise<ChurnTally>;
  createDeployments(options: DeploymentsOptions): Promise<void>;
  /** Fails at once, with the last words, when a part of the control plane ends by itself. */
  waitForRunningPods(count: number, timeoutMs: number): Promise<void>;
}

const PODS_PER_SECOND_MIN = 20;

/**
 * Starts kube-apiserver (with etcd), controller manager, scheduler and kwok on 127.0.0.1, and resolves when `pods` pods run. About 5 s
 * when empty and 30 s with 1,000 pods on two cores, after a first build of some minutes. On failure nothing is left running. Throws
 * a Failure `conflict` while another one has the folder.
 */
export async function startKubeCluster(options: KubeClusterOptions): Promise<KubeCluster> {
  const { nodes = 3, pods = 0, apiServerFlags = [], progress = () => undefined } = options;
  await using running = new AsyncDisposableStack();
  // Let go last, when nothing writes there any more.
  running.use(claimFolder(options.dataFolder));
  const folder = await openClusterFolder(options.dataFolder, options.port);
  const certificates = await openCertificates(folder);
  const newControlPlane = () => createControlPlane({ folder, certificates, apiServerFlags, progress });
  let controlPlane = await newControlPlane();
  const server = `https://127.0.0.1:${folder.apiPort}`;
  const kubeconfigPath = folder.file('kubeconfig');
  let apiServer: EngineProcess | undefined;
  let controllers: readonly EngineProcess[] = [];
  let users = toUsers(folder, server, certificates.ca);

  /** As long as somebody waits, and those live who are to bring it about. */
  const patienceWith =
    (...parts: readonly Part[]): Patience =>
    () => {
      options.signal?.throwIfAborted();
      for (const part of parts) {
        const why = controlPlane.deaths.get(part);
        if (why !== undefined) throw why;
      }
    };
  const patience = patienceWith('kube-apiserver');
  const waitForPods = (count: number, timeoutMs: number): Promise<void> =>
    waitForRunningPods(users.admin.api, count, {
      timeoutMs,
      patience: patienceWith('kube-apiserver', ...CONTROLLERS),
    });

  const stopApiServer = async (): Promise<void> => {
    await apiServer?.stop();
    apiServer = undefined;
  };
  const startApiServer = async (): Promise<void> => {
    apiServer ??= await controlPlane.startApiServer();
    await waitUntilReady(users.admin.api, patience);
  };
  const stopControllers = async (): Promise<void> => {
    await Promise.all(controllers.map((each) => each.stop()));
    controllers = [];
  };
  const startControllers = async (): Promise<void> => {
    controllers = await controlPlane.startControllers(kubeconfigPath);
  };
  const renewUsers = async (): Promise<void> => {
    for (const { api } of Object.values(users)) api.close();
    users = toUsers(folder, server, certificates.ca);
    for (const { role, kubeconfig } of Object.values(users)) {
      const path = role === 'admin' ? kubeconfigPath : folder.file(`kubeconfig-${role}`);
      await writeFile(path, kubeconfig, { mode: 0o600 });
    }
  };
  running.defer(() => Object.values(users).forEach(({ api }) => api.close()));
  running.defer(stopApiServer);
  running.defer(stopControllers);

  await renewUsers();
  await startApiServer();
  progress('API server is ready');
  await startControllers();
  await grantRights(users.admin.api);
  const uid = await readUid(users.admin.api, patience);
  await createNodes(users.admin.api, nodes, patience);
  if (pods > 0) {
    await createDeployments(users.admin.api, { pods }, patience);
    await waitForPods(pods, 60_000 + (pods / PODS_PER_SECOND_MIN) * 1000);
    progress(`${pods} pods run on ${nodes} nodes`);
  }
  const owned = running.move();
  return {
    get kubeconfig() {
      return users.admin.kubeconfig;
    },
    kubeconfigPath,
    server,
    get ca() {
      return certificates.ca;
    },
    uid,
    get version() {
      return controlPlane.version;
    },
    get users() {
      return users;
    },
    get processes() {
      const [manager, scheduler, kwok] = controllers;
      const named = {
        'kube-apiserver': apiServer,
        'kube-controller-manager': manager,
        'kube-scheduler': scheduler,
        kwok,
      };
      return Object.fromEntries(
        Object.entries(named).flatMap(([what, each]) => (each === undefined ? [] : [[what, each.pid]])),
      );
    },
    stopApiServer,
    async killApiServer() {
      await apiServer?.kill();
      apiServer = undefined;
    },
    startApiServer,
    async restartApiServer() {
      await stopApiServer();
      await startApiServer();
    },
    compactEtcd: () => compactEtcd(folder),
    async rotateToken(role) {
      await folder.renewToken(role);
      if (role === 'admin') await stopControllers();
      await stopApiServer();
      await renewUsers();
      await startApiServer();
      if (role === 'admin') await startControllers();
      return users[role];
    },
    async rotateCertificate({ newAuthority = false } = {}) {
      const before = await certificateOf(server);
      await certificates.rotate({ newAuthority });
      await renewUsers();
      await waitUntil('the API server showed its new certificate', { timeoutMs: 90_000, patience }, async () =>
        (await certificateOf(server)) === before ? undefined : true,
      );
      // They know the old authority only.
      if (newAuthority) await stopControllers();
      if (newAuthority) await startControllers();
    },
    clientCertificate: (role, notAfter) => certificates.issueFor(role, notAfter),
    async upgrade() {
      await folder.setRelease('next');
      const next = await newControlPlane();
      // Without controllers an upgrade failed half-way: it goes on.
      if (next.version === controlPlane.version && controllers.length > 0) return;
      await stopControllers();
      await stopApiServer();
      controlPlane = next;
      await startApiServer();
      await startControllers();
    },
    installCrds: (bundle) => installCrds(users.admin.api, bundle, patience),
    churn: (rate) => churn(() => users.admin.api, rate),
    createDeployments: (deployments) => createDeployments(users.admin.api, deployments, patience),
    waitForRunningPods: waitForPods,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function toUsers(folder: ClusterFolder, server: string, ca: string): Readonly<Record<Role, KubeUser>> {
  const toUser = (role: Role): KubeUser => {
    const token = folder.tokens[role];
    const contexts = [{ name: `kube-cluster-${role}`, token }] as const;
    return {
      role,
      token,
      kubeconfig: formatKubeconfig({ cluster: 'kube-cluster', server, ca, contexts }),
      api: createKubeApi({ server, ca, token }),
    };
  };
  return Object.fromEntries(ROLES.map((role) => [role, toUser(role)])) as Record<Role, KubeUser>;
}

const waitUntilReady = (api: KubeApi, patience: Patience): Promise<string> =>
  waitUntil('the API server became ready', { timeoutMs: 60_000, patience }, async () => {
    const { status, body } = await api.call('GET', '/readyz');
    if (status !== 200) throw new Error(`/readyz was answered ${status} ${JSON.stringify(body)}`);
    return 'ready';
  });

const readUid = (api: KubeApi, patience: Patience): Promise<string> =>
  waitUntil('the namespace kube-system appeared', { timeoutMs: 30_000, patience }, async () => {
    const { body } = await api.call('GET', '/api/v1/namespaces/kube-system');
    return (body as { metadata?: { uid?: string } } | undefined)?.metadata?.uid;
  });
