import { join } from 'node:path';
import type { ClusterAccess } from '@mooring/cluster-watch';
import { followAudit, startKubeCluster, type Audit, type KubeCluster } from '@mooring/kube-cluster';
import { startFaultyProxy, type FaultyProxy, type Random, type Say } from '@mooring/testing';
import type { Followed } from './check/fold-changes.ts';
import { openInventory, type InventoryReader } from './check/read-inventory.ts';
import { followStream } from './check/read-stream.ts';
import { createChurn, type Churn } from './cluster/churn.ts';
import type { SoakOptions } from './options.ts';
import { importKubeconfig, untilConnected } from './system/connection.ts';
import { READER, startInstallation, type Installation } from './system/installation.ts';

/** A cluster that changes, the product that follows it over a way that can be made bad, and those who look at both. */
export interface World extends AsyncDisposable {
  readonly cluster: KubeCluster;
  /** Whom the product is in the cluster. */
  readonly user: typeof USER;
  /** Hands the product the kubeconfig of its user as it is now. */
  readonly handIn: () => Promise<void>;
  /** Straight to the API server, as its admin, whom no audit counts. */
  readonly access: ClusterAccess;
  readonly way: FaultyProxy;
  readonly installation: Installation;
  readonly connectionId: string;
  readonly churn: Churn;
  readonly inventory: InventoryReader;
  /** Somebody who only reads the stream of changes. */
  readonly follower: Followed;
  /** What the product asked the API server for. */
  readonly audit: Audit;
}

const PODS_PER_NODE = 200;
const PODS_PER_DEPLOYMENT = 10;
const USER = 'viewer' as const;

/** Starts everything in `folder`; resolves when the cluster is connected. Disposing it ends everything; the folder stays. */
export async function openWorld(
  folder: string,
  { pods, changesPerSecond }: SoakOptions,
  random: Random,
  say: Say,
): Promise<World> {
  await using opening = new AsyncDisposableStack();
  const clusterFolder = join(folder, 'cluster');
  const nodes = Math.max(2, Math.ceil(pods / PODS_PER_NODE));
  const cluster = opening.use(await startKubeCluster({ dataFolder: clusterFolder, nodes, progress: say }));
  const deployments = Math.ceil(pods / PODS_PER_DEPLOYMENT);
  const namespaces = Math.max(1, Math.ceil(deployments / 10));
  await cluster.createDeployments({ pods, podsPerDeployment: PODS_PER_DEPLOYMENT, namespaces });
  await cluster.waitForRunningPods(pods, 600_000);
  say(`${pods} pods run`);

  const apiPort = Number(new URL(cluster.server).port);
  const way = opening.use(await startFaultyProxy(apiPort));
  const installation = opening.use(await startInstallation(join(folder, 'data'), {}));
  const handIn = (): Promise<void> =>
    importKubeconfig(
      installation,
      cluster.users[USER].kubeconfig.replace(cluster.server, `https://127.0.0.1:${way.port}`),
    );
  const startedAt = performance.now();
  await handIn();
  const connectionId = await untilConnected(installation, `kube-cluster-${USER}`);
  say(`connected ${((performance.now() - startedAt) / 1_000).toFixed(1)} s after the kubeconfig`);
  const inventory = opening.use(openInventory(installation.inventoryUrl));
  const follower = opening.use(await followStream(installation.bus, READER, connectionId));
  const opened = opening.move();
  return {
    cluster,
    user: USER,
    handIn,
    get access(): ClusterAccess {
      const { server, ca, users } = cluster;
      return { server, caPem: ca, auth: { kind: 'token', token: users.admin.token } };
    },
    way,
    installation,
    connectionId,
    churn: createChurn(
      cluster,
      Array.from({ length: deployments }, (_none, index) => ({
        namespace: `team-${1 + ((index + 1) % namespaces)}`,
        name: `app-${index + 1}`,
      })),
      random,
      changesPerSecond,
    ),
    inventory,
    follower,
    audit: followAudit(join(clusterFolder, 'audit.log'), USER),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
