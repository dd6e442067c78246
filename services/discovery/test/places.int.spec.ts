import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterPage, ClusterView } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { connect, startWorld, type World } from './world.ts';

const WAIT = { timeoutMs: 20_000 };

let world: World;
let discovery: InProcessService;
let cluster: SimulatedCluster;

beforeAll(async () => {
  world = await startWorld();
  discovery = await world.startDiscovery();
  cluster = await createSimulatedCluster({ name: 'sim', nodes: 0 });
  cluster.upgrade('v1.33.5-eks-113cf36');
}, 60_000);

afterAll(async () => {
  await discovery[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

const node = (name: string, providerID: string, region: string, zone: string): void => {
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
  cluster.upsert('Node', { metadata: { name, labels }, spec: { providerID } });
};

const viewOf = async (connectionId: string): Promise<ClusterView> =>
  (await discovery.call('GET', `/api/clusters/${connectionId}`)).body as ClusterView;

const fieldsOf = ({ distribution, provider, region, providers, regions, zones }: ClusterView) => ({
  ...{ distribution, provider, region, providers, regions, zones },
});

describe('a cluster whose address tells nothing of where it is', () => {
  it('is where its nodes are', async () => {
    node('one', 'aws:///eu-west-1a/i-1', 'eu-west-1', 'eu-west-1a');
    node('two', 'aws:///eu-west-1b/i-2', 'eu-west-1', 'eu-west-1b');
    const connectionId = await connect(world, cluster);
    const all = {
      ...{ distribution: 'eks', provider: 'aws', region: 'eu-west-1' },
      ...{ providers: ['aws'], regions: ['eu-west-1'], zones: ['eu-west-1a', 'eu-west-1b'] },
    };
    await eventually(async () => expect(fieldsOf(await viewOf(connectionId))).toEqual(all), WAIT);
    expect((await viewOf(connectionId)).apiGroups).toEqual(['apps', 'discovery.k8s.io']);
    const { items } = (await discovery.call('GET', '/api/clusters')).body as ClusterPage;
    expect(items).toMatchObject([{ distribution: 'eks', provider: 'aws', region: 'eu-west-1' }]);
  }, 90_000);
});
