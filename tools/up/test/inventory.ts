import type { KubeCluster } from '@mooring/kube-cluster';
import { eventually } from '@mooring/testing';
import type { System } from './system.ts';

/** Where an API server lists some of the kinds that Mooring watches. */
const LIST_PATHS = {
  Namespace: '/api/v1/namespaces',
  Node: '/api/v1/nodes',
  Deployment: '/apis/apps/v1/deployments',
  StatefulSet: '/apis/apps/v1/statefulsets',
  DaemonSet: '/apis/apps/v1/daemonsets',
  Service: '/api/v1/services',
  EndpointSlice: '/apis/discovery.k8s.io/v1/endpointslices',
  Pod: '/api/v1/pods',
} as const;

export type Kind = keyof typeof LIST_PATHS;

export const KINDS = Object.keys(LIST_PATHS) as readonly Kind[];

/** The UIDs of a kind in order, as the API server lists them. */
export async function uidsInCluster(cluster: KubeCluster, kind: Kind): Promise<readonly string[]> {
  const { status, body } = await cluster.users.admin.api.call('GET', LIST_PATHS[kind]);
  if (status !== 200) throw new Error(`${LIST_PATHS[kind]} was answered ${status}`);
  return (body as { items: { metadata: { uid: string } }[] }).items.map(({ metadata }) => metadata.uid).sort();
}

/** The UIDs of a kind in order, as Mooring lists them, page by page. */
export async function uidsInMooring(system: System, connectionId: string, kind: Kind): Promise<readonly string[]> {
  const uids: string[] = [];
  const list = `/api/resources?connectionId=${connectionId}&kind=${kind}&limit=200`;
  let cursor = '';
  do {
    const { body } = await system.call('GET', `${list}${cursor}`);
    uids.push(...body.items.map(({ uid }: { uid: string }) => uid));
    cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  return uids.sort();
}

/** Waits until Mooring has exactly what the cluster has. Both are asked again each time: controllers may still be at work. */
export async function untilInventoryIs(
  system: System,
  connectionId: string,
  cluster: KubeCluster,
  kinds: readonly Kind[],
): Promise<void> {
  for (const kind of kinds)
    await eventually(
      async () => {
        const [known, real] = await Promise.all([
          uidsInMooring(system, connectionId, kind),
          uidsInCluster(cluster, kind),
        ]);
        if (known.join() !== real.join())
          throw new Error(`${kind}: ${known.length} in Mooring, ${real.length} in the cluster, or not the same`);
      },
      { timeoutMs: 15_000, intervalMs: 200 },
    );
}

/** Waits until the cluster of a connection shows these kinds, and each that it shows, whichever it is, in the state that it should be in. */
export async function untilKindStatesAre(
  system: System,
  connectionId: string,
  stateOf: (kind: string) => string,
): Promise<void> {
  await eventually(
    async () => {
      const { body } = await system.call('GET', `/api/clusters/${connectionId}`);
      const states: Record<string, string> = Object.fromEntries(
        body.kinds.map(({ kind, state }: any) => [kind, state]),
      );
      const kinds = [...KINDS, ...Object.keys(states)];
      expect(states).toEqual(Object.fromEntries(kinds.map((kind) => [kind, stateOf(kind)])));
    },
    { timeoutMs: 20_000 },
  );
}
