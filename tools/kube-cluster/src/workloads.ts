import type { KubeApi } from './kube-api.ts';
import { waitUntil, type Patience, type WaitOptions } from './wait-until.ts';

export interface DeploymentsOptions {
  /** How many pods in all; shared out among Deployments of at most `podsPerDeployment`. */
  readonly pods: number;
  /** Default 25. */
  readonly podsPerDeployment?: number;
  /** How many namespaces to spread them over. Default: one for every ten Deployments. */
  readonly namespaces?: number;
  /** The namespaces are `<prefix>-1`, `<prefix>-2`, …. Default `team`. */
  readonly prefix?: string;
}

/** Creates simulated nodes `node-1` … `node-<count>`; those that are there stay. `patience` is asked before each. */
export async function createNodes(api: KubeApi, count: number, patience: Patience): Promise<void> {
  await inParallel(range(count), patience, (number) => {
    const name = `node-${number}`;
    return api.create('/api/v1/nodes', {
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'topology.kubernetes.io/region': 'test-1',
          'topology.kubernetes.io/zone': `test-1${'abc'[number % 3] ?? 'a'}`,
        },
      },
    });
  });
}

/**
 * Creates namespaces with Deployments and a Service for each; the controllers make the rest. Resolves when they are accepted. `patience`
 * is asked before each.
 */
export async function createDeployments(api: KubeApi, options: DeploymentsOptions, patience: Patience): Promise<void> {
  const { pods, podsPerDeployment = 25, prefix = 'team' } = options;
  const deployments = Math.ceil(pods / podsPerDeployment);
  const namespaces = options.namespaces ?? Math.ceil(deployments / 10);
  await inParallel(range(namespaces), patience, (number) =>
    api.create('/api/v1/namespaces', {
      metadata: { name: `${prefix}-${number}`, labels: { team: `${prefix}-${number}` } },
    }),
  );
  await inParallel(range(deployments), patience, async (number) => {
    const namespace = `${prefix}-${1 + (number % namespaces)}`;
    const name = `app-${number}`;
    const labels = { app: name };
    const replicas = Math.min(podsPerDeployment, pods - (number - 1) * podsPerDeployment);
    const containers = [{ name: 'app', image: `registry.test/${name}:1.0.0`, ports: [{ containerPort: 8080 }] }];
    await api.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name, labels },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    });
    await api.create(`/api/v1/namespaces/${namespace}/services`, {
      metadata: { name, labels },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    });
  });
}

/** Resolves when at least `count` pods of the cluster are running. */
export async function waitForRunningPods(api: KubeApi, count: number, wait: WaitOptions): Promise<void> {
  await waitUntil(`${count} pods running`, wait, async () => {
    const running = await countRows(api, '/api/v1/pods?fieldSelector=status.phase%3DRunning');
    if (running < count) throw new Error(`${running} are`);
    return running;
  });
}

const TABLE = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };

/** How many objects a selected list has, asked for as a table without the objects: of 10,000 pods that is 4 MB and not 75. */
async function countRows(api: KubeApi, path: string): Promise<number> {
  const { body } = await api.call('GET', `${path}&resourceVersion=0&includeObject=None`, undefined, TABLE);
  return (body as { rows?: readonly unknown[] } | undefined)?.rows?.length ?? 0;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

async function inParallel<T>(items: readonly T[], patience: Patience, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const item of rest) {
        patience();
        await work(item);
      }
    }),
  );
}
