import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterView, ResourcePage } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { acceptSeen, connect, startWorld, tokenAccess, type World } from './world.ts';

let world: World;
let discovery: InProcessService;
let cluster: SimulatedCluster;

beforeAll(async () => {
  world = await startWorld();
  discovery = await world.startDiscovery();
  cluster = await createSimulatedCluster({ name: 'one', namespaces: ['shop'], nodes: 2, pods: 20 });
}, 60_000);

afterAll(async () => {
  await discovery?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
}, 60_000);

const clusterOf = async (connectionId: string): Promise<ClusterView> =>
  (await discovery.call('GET', `/api/clusters/${connectionId}`)).body as ClusterView;

describe('a cluster that is there', () => {
  it('is seen, and its snapshot is complete once it is registered and not before', async () => {
    const connectionId = await world.enter(await world.sealed(tokenAccess(cluster)));
    const seen = await world.observed(connectionId, 'ClusterSeen');
    expect(seen.data).toMatchObject({
      clusterUid: cluster.uid,
      clusterVersion: 'v1.35.4',
      observation: { decision: 1, epoch: 1, count: 1 },
    });

    await acceptSeen(world, connectionId, cluster.uid, 2);
    const complete = await world.observed(connectionId, 'SnapshotCompleted');
    expect(complete.data).toMatchObject({ clusterUid: cluster.uid, observation: { decision: 2, epoch: 1, count: 2 } });
    const { body } = await discovery.call('GET', `/api/resources?connectionId=${connectionId}&kind=Pod&limit=500`);
    const pods = body as ResourcePage;
    expect(pods.items.map(({ uid }) => uid).sort()).toEqual(
      cluster
        .list('Pod')
        .map(({ metadata }) => metadata.uid)
        .sort(),
    );
    await eventually(async () =>
      expect(await clusterOf(connectionId)).toMatchObject({ watch: 'live', clusterUid: cluster.uid }),
    );
  }, 60_000);
});
