import { writeFile } from 'node:fs/promises';
import type { EngineProcess } from '@mooring/engines';
import { ROLES, openClusterFolder, type ClusterFolder, type Role } from './cluster-folder.ts';
import { createControlPlane, readAuthority } from './control-plane.ts';
import { createKubeApi, type KubeApi } from './kube-api.ts';
import { formatKubeconfig } from './kubeconfig.ts';
import { grantRights } from './users.ts';
import { waitUntil } from './wait-until.ts';
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
  readonly progress?: (line: string) => void;
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
  readonly kubeconfigPath: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  readonly ca: string;
  /** Of the namespace `kube-system`: what identifies the cluster. */
  readonly uid: string;
  readonly users: Readonly<Record<Role, KubeUser>>;
  /** Makes the cluster unreachable: connections end, the port is closed. */
  stopApiServer(): Promise<void>;
  /** Makes it reachable again, ready, on the same port and data; harmless when it is. */
  startApiServer(): Promise<void>;
  createDeployments(options: DeploymentsOptions): Promise<void>;
  waitForRunningPods(count: number, timeoutMs: number): Promise<void>;
}

/**
 * Starts kube-apiserver (with etcd), controller manager, scheduler and kwok on 127.0.0.1, and resolves when `pods` pods run. About 5 s
 * when empty and 30 s with 1,000 pods on two cores, after a first build of some minutes. On failure nothing is left running.
 */
export async function startKubeCluster(options: KubeClusterOptions): Promise<KubeCluster> {
  const { nodes = 3, pods = 0, progress = () => undefined } = options;
  const folder = await openClusterFolder(options.dataFolder, options.port);
  const controlPlane = await createControlPlane(folder, progress);
  await using running = new AsyncDisposableStack();
  let apiServer: EngineProcess | undefined = await controlPlane.startApiServer();
  const stopApiServer = async (): Promise<void> => {
    await apiServer?.stop();
    apiServer = undefined;
  };
  running.defer(stopApiServer);
  const server = `https://127.0.0.1:${folder.apiPort}`;
  const ca = await readAuthority(folder);
  const users = toUsers(folder, server, ca);
  running.defer(() => Object.values(users).forEach(({ api }) => api.close()));
  const { api, kubeconfig } = users.admin;
  await waitUntilReady(api);
  const kubeconfigPath = folder.file('kubeconfig');
  await writeFile(kubeconfigPath, kubeconfig, { mode: 0o600 });
  progress('API server is ready');
  for (const process of await controlPlane.startControllers(kubeconfigPath)) running.use(process);
  await grantRights(api);
  const uid = await readUid(api);
  await createNodes(api, nodes);
  if (pods > 0) {
    await createDeployments(api, { pods });
    await waitForRunningPods(api, pods, 300_000);
    progress(`${pods} pods run on ${nodes} nodes`);
  }
  const owned = running.move();
  return {
    kubeconfig,
    kubeconfigPath,
    server,
    ca,
    uid,
    users,
    stopApiServer,
    async startApiServer() {
      apiServer ??= await controlPlane.startApiServer();
      await waitUntilReady(api);
    },
    createDeployments: (deployments) => createDeployments(api, deployments),
    waitForRunningPods: (count, timeoutMs) => waitForRunningPods(api, count, timeoutMs),
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

const waitUntilReady = (api: KubeApi): Promise<string> =>
  waitUntil('the API server became ready', 60_000, async () => {
    const { status, body } = await api.call('GET', '/readyz');
    if (status !== 200) throw new Error(`/readyz was answered ${status} ${JSON.stringify(body)}`);
    return 'ready';
  });

const readUid = (api: KubeApi): Promise<string> =>
  waitUntil('the namespace kube-system appeared', 30_000, async () => {
    const { body } = await api.call('GET', '/api/v1/namespaces/kube-system');
    return (body as { metadata?: { uid?: string } } | undefined)?.metadata?.uid;
  });
