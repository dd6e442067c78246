import { kubeconfigOf, type SimulatedCluster } from '@mooring/kube-sim';
import type { Random } from '@mooring/testing';

/** Where nobody listens: connecting is refused at once. */
const NOWHERE = 'https://127.0.0.1:1';

export interface KubeconfigDraft {
  readonly contexts: readonly string[];
  readonly text: string;
}

/** One or two clusters of the fleet, and sometimes one that nobody can reach. */
export function drawKubeconfig(clusters: readonly SimulatedCluster[], random: Random): KubeconfigDraft {
  const entries = random
    .shuffle(clusters)
    .slice(0, 1 + random.below(2))
    .map(({ name, server, keys }) => ({ name, server, keys }));
  const [first] = entries;
  const wrecks =
    first === undefined || random.chance(0.6) ? [] : [{ ...first, name: `wreck-${random.below(12)}`, server: NOWHERE }];
  const all = [...entries, ...wrecks];
  return { contexts: all.map(({ name }) => name), text: kubeconfigOf(all) };
}

export const kubeconfigOfAll = (clusters: readonly SimulatedCluster[]): KubeconfigDraft => ({
  contexts: clusters.map(({ name }) => name),
  text: kubeconfigOf(clusters.map(({ name, server, keys }) => ({ name, server, keys }))),
});
