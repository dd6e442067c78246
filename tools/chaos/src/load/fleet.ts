import { delay } from '@mooring/kernel';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { Random } from '@mooring/testing';

/** Simulated clusters that go away and come back. */
export interface Fleet extends AsyncDisposable {
  readonly clusters: readonly SimulatedCluster[];
  readonly isUp: (cluster: SimulatedCluster) => boolean;
  turn(cluster: SimulatedCluster, up: boolean): Promise<void>;
  /** Turns clusters off and on until the signal aborts. */
  comeAndGo(random: Random, signal: AbortSignal): Promise<void>;
}

const PAUSE_MIN_MS = 400;
const PAUSE_SPREAD_MS = 1_600;
const DOWN_CHANCE = 0.4;

export async function createFleet(size: number): Promise<Fleet> {
  const clusters = await Promise.all(
    Array.from({ length: size }, (_, index) =>
      createSimulatedCluster({ name: `berth-${index + 1}`, nodes: 1, pods: 4 }),
    ),
  );
  const down = new Set<SimulatedCluster>();
  const turn = async (cluster: SimulatedCluster, up: boolean): Promise<void> => {
    if (up === !down.has(cluster)) return;
    if (up) {
      await cluster.start();
      down.delete(cluster);
    } else {
      down.add(cluster);
      await cluster.stop();
    }
  };
  return {
    clusters,
    isUp: (cluster) => !down.has(cluster),
    turn,
    async comeAndGo(random, signal) {
      while (!signal.aborted) {
        await turn(random.pick(clusters), !random.chance(DOWN_CHANCE));
        await delay(PAUSE_MIN_MS + random.below(PAUSE_SPREAD_MS), signal);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const cluster of clusters) await cluster[Symbol.asyncDispose]();
    },
  };
}
