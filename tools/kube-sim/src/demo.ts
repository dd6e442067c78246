import { createClusterKeys, type ClusterKeys } from './certificates.ts';
import { createSimulatedCluster, type SimulatedCluster } from './cluster.ts';
import { kubeconfigOf } from './kubeconfig.ts';

interface DemoShape {
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly nodes: number;
  readonly gitVersion: string;
}

const SHAPES: readonly DemoShape[] = [
  { name: 'harbour-east', namespaces: ['shop', 'payments', 'observability'], nodes: 5, gitVersion: 'v1.35.4' },
  { name: 'harbour-west', namespaces: ['shop', 'search'], nodes: 3, gitVersion: 'v1.34.8' },
  { name: 'dry-dock', namespaces: ['staging', 'preview'], nodes: 2, gitVersion: 'v1.35.4' },
];

/** The name, and with it every uid, depends on the place in the row alone. */
const shapeOf = (index: number): DemoShape => {
  const shape = SHAPES[index % SHAPES.length];
  if (shape === undefined) throw new Error('there are no shapes');
  const round = Math.floor(index / SHAPES.length);
  return round === 0 ? shape : { ...shape, name: `${shape.name}-${round + 1}` };
};

export interface Demo extends AsyncDisposable {
  readonly clusters: readonly SimulatedCluster[];
  /** One context per cluster. */
  readonly kubeconfig: string;
  /** By cluster name, to be given to the next run, so that a kubeconfig of this one stays good. */
  readonly keys: Readonly<Record<string, ClusterKeys>>;
}

export interface DemoOptions {
  readonly clusters: number;
  /** 0 for any free ports, else the first of a row. */
  readonly port: number;
  readonly pods: number;
  readonly intervalMs: number;
  readonly keys?: Readonly<Record<string, ClusterKeys>>;
}

/** Starts the clusters of a demonstration, with life in them. The same clusters (names, uids) every time. Rejects when a port is taken. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { keys = {}, intervalMs, pods } = options;
  const stopping = new AbortController();
  const clusters: SimulatedCluster[] = [];
  const dispose = async (): Promise<void> => {
    stopping.abort();
    await Promise.all(clusters.map((cluster) => cluster[Symbol.asyncDispose]()));
  };
  try {
    for (let index = 0; index < options.clusters; index += 1) {
      const shape = shapeOf(index);
      const cluster = await createSimulatedCluster({
        ...shape,
        pods,
        port: options.port === 0 ? 0 : options.port + index,
        keys: keys[shape.name] ?? (await createClusterKeys(shape.name)),
        // Higher in every run: a version from an earlier one is gone, never mistaken for one of this.
        firstVersion: Math.floor(Date.now() / 1000),
      });
      clusters.push(cluster);
      if (intervalMs > 0) void cluster.live(intervalMs, stopping.signal);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    clusters,
    kubeconfig: kubeconfigOf(clusters),
    keys: Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster.keys])),
    [Symbol.asyncDispose]: dispose,
  };
}
