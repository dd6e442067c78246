import { join } from 'node:path';
import { collectionsRead, followAudit, startKubeCluster, type KubeCluster } from '@mooring/kube-cluster';
import { temporaryFolder } from '@mooring/testing';
import { untilAtRest } from './at-rest.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import type { Way } from './contestant.ts';

export interface ClusterAtHand extends AsyncDisposable {
  readonly cluster: KubeCluster;
  /** As the user who may read everything. */
  readonly way: Way;
  /** As the admin. */
  readonly api: ApiClient;
  /** Collections that the user of `way` had read since the last call, as lists or as streams, by the API server's audit log. */
  collectionsRead(): Promise<readonly string[]>;
  /** Makes so many pods run, if there are fewer, and waits until the control plane is at rest. Gives how many there are then. */
  growTo(pods: number): Promise<number>;
}

const GROW_MS = 600_000;
const REST_MS = 120_000;
const PODS_PER_NODE = 200;

/** A real control plane for this run; `folder` keeps it for the next one, or it is new and forgotten afterwards. */
export async function openCluster(podsMax: number, folder: string | undefined): Promise<ClusterAtHand> {
  await using stack = new AsyncDisposableStack();
  const dataFolder = folder ?? join(stack.use(await temporaryFolder()).path, 'cluster');
  const nodes = Math.max(1, Math.ceil(podsMax / PODS_PER_NODE));
  const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const cluster = stack.use(await startKubeCluster({ dataFolder, nodes, progress }));
  const wayOf = (role: 'admin' | 'viewer'): Way => ({
    server: cluster.server,
    caPem: cluster.ca,
    token: cluster.users[role].token,
  });
  const api = stack.use(createApiClient(wayOf('admin')));
  const audit = followAudit(join(dataFolder, 'audit.log'), 'viewer');
  const owned = stack.move();
  return {
    cluster,
    way: wayOf('viewer'),
    api,
    collectionsRead: () => collectionsRead(audit),
    async growTo(pods) {
      const there = await countPods(api);
      if (there < pods) {
        progress(`${there} pods, making it ${pods} …`);
        await cluster.createDeployments({ pods: pods - there, prefix: `size-${pods}` });
        await cluster.waitForRunningPods(pods, GROW_MS);
      }
      const isAtRest = await untilAtRest(() => Object.values(cluster.processes), REST_MS);
      if (!isAtRest) progress(`the control plane is still at work after ${REST_MS} ms: what follows is slower for it`);
      return Math.max(there, pods);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function countPods(api: ApiClient): Promise<number> {
  const { items, metadata } = JSON.parse(await api.text('/api/v1/pods?limit=1')) as {
    readonly items: readonly unknown[];
    readonly metadata: { readonly remainingItemCount?: number };
  };
  return items.length + (metadata.remainingItemCount ?? 0);
}
