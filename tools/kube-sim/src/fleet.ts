import { createClusterKeys, type ClusterKeys } from './certificates.ts';
import { holdRate, type ChurnOptions, type ChurnTally } from './churn.ts';
import { createSimulatedCluster, type SimulatedCluster, type SimulatedClusterOptions } from './cluster.ts';
import { kubeconfigOf } from './kubeconfig.ts';

export interface SimulatedFleetOptions extends Omit<SimulatedClusterOptions, 'name' | 'port' | 'uid' | 'keys'> {
  readonly clusters: number;
  /** Default `fleet`: the clusters are `fleet-1`, `fleet-2`, … */
  readonly prefix?: string;
  /** Shared by all of them. Default: new ones. */
  readonly keys?: ClusterKeys;
}

export interface SimulatedFleet extends AsyncDisposable {
  readonly clusters: readonly SimulatedCluster[];
  /** One context per cluster. */
  readonly kubeconfig: string;
  /** Changes the clusters in turn, `perSecond` changes a second over all of them, until the signal aborts. */
  churn(options: ChurnOptions): Promise<ChurnTally>;
}

/** Many clusters in one process, with one set of keys: a pair of keys each would take longer than everything else. */
export async function createSimulatedFleet(options: SimulatedFleetOptions): Promise<SimulatedFleet> {
  const { clusters: count, prefix = 'fleet', keys = await createClusterKeys(prefix), ...rest } = options;
  await using started = new AsyncDisposableStack();
  const clusters: SimulatedCluster[] = [];
  for (let index = 0; index < count; index += 1)
    clusters.push(
      started.use(await createSimulatedCluster({ eventsKept: 1000, ...rest, keys, name: `${prefix}-${index + 1}` })),
    );
  const owned = started.move();
  return {
    clusters,
    kubeconfig: kubeconfigOf(clusters),
    churn({ seed, ...rate }) {
      let turn = 0;
      return holdRate(rate, () => {
        clusters[turn % clusters.length]?.change(1, seed);
        turn += 1;
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
