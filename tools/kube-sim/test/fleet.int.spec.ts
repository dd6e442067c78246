import {
  createSimulatedCluster,
  createSimulatedFleet,
  GATEWAY_TYPES,
  ISTIO_TYPES,
  type SimulatedCluster,
} from '../src/index.ts';
import { ask, open } from './ask.ts';

const objectsOf = (cluster: SimulatedCluster): number =>
  cluster.types.reduce((sum, { groupResource }) => sum + cluster.count(groupResource), 0);

describe('many clusters', () => {
  it('of 10,000 objects each take next to no memory until somebody looks, and have uids of their own', async () => {
    const before = process.memoryUsage().rss;
    await using fleet = await createSimulatedFleet({ clusters: 40, lazy: { objects: 10_000 } });
    const grown = process.memoryUsage().rss - before;
    expect(fleet.clusters.map(objectsOf)).toEqual(fleet.clusters.map(() => 10_000));
    // 400,000 objects: less than 300 bytes each, where one has a kilobyte as JSON.
    expect(grown).toBeLessThan(120_000_000);
    const [first, second] = fleet.clusters;
    const uidOf = (cluster: SimulatedCluster | undefined) => cluster?.list('nodes')[0]?.metadata.uid;
    expect(uidOf(first)).not.toBe(uidOf(second));
    expect(uidOf(first)).toBe(first?.get('nodes', { name: 'node-0001' })?.metadata.uid);
  });

  it('give lists and first states of what is built only then, owners included', async () => {
    await using cluster = await createSimulatedCluster({ name: 'lazy', builtins: 'all', lazy: { objects: 500 } });
    const { items } = JSON.parse((await ask(cluster, '/api/v1/pods')).text) as {
      items: { metadata: { uid: string; ownerReferences?: { kind: string; uid: string }[] } }[];
    };
    const owners = new Set(cluster.list('replicasets.apps').map(({ metadata }) => metadata.uid));
    const owned = items.filter(({ metadata }) => metadata.ownerReferences !== undefined);
    expect(owned.length).toBeGreaterThan(200);
    expect(owned.every(({ metadata }) => owners.has(metadata.ownerReferences?.[0]?.uid ?? ''))).toBe(true);
    using watch = open(
      cluster,
      '/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    );
    await watch.until(({ text }) => text.includes('initial-events-end'));
    expect(watch.text.split('\n').filter((line) => line.startsWith('{"type":"ADDED"'))).toHaveLength(items.length);
    const pod = cluster.list('pods')[0]!;
    cluster.remove('pods', pod.metadata);
    await watch.until(({ text }) => text.includes('DELETED'));
    expect(watch.text).toContain(`"uid":"${pod.metadata.uid}"`);
    expect(objectsOf(cluster)).toBe(499);
  });

  it('change by the same steps from the same seed, at the rate that is asked for', async () => {
    const play = async (seed: number): Promise<readonly string[]> => {
      await using cluster = await createSimulatedCluster({ name: 'churn', lazy: { objects: 300 } });
      cluster.change(200, seed);
      expect(objectsOf(cluster)).toBeLessThan(360);
      return cluster.list('pods').map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`);
    };
    expect(await play(1)).toEqual(await play(1));
    expect(await play(2)).not.toEqual(await play(1));
    await using fleet = await createSimulatedFleet({ clusters: 3, lazy: { objects: 100 } });
    const tally = await fleet.churn({ perSecond: 200, signal: AbortSignal.timeout(1_000) });
    expect(tally.changes).toBeLessThanOrEqual(200 * tally.seconds);
    expect(tally.changes).toBeGreaterThan(100);
  });

  it("serve Istio's and the Gateway API's types, both of their gateways, each in its versions", async () => {
    await using cluster = await createSimulatedCluster({ name: 'mesh' });
    for (const type of [...ISTIO_TYPES, ...GATEWAY_TYPES]) cluster.installType(type);
    cluster.upsert('gateways.networking.istio.io', { metadata: { namespace: 'default', name: 'edge' } });
    expect(() => cluster.upsert('Gateway', { metadata: { namespace: 'default', name: 'edge' } })).toThrow(
      'is the kind of',
    );
    const { text } = await ask(cluster, '/apis/networking.istio.io/v1beta1/gateways');
    expect(JSON.parse(text)).toMatchObject({ items: [{ apiVersion: 'networking.istio.io/v1beta1', kind: 'Gateway' }] });
    expect((await ask(cluster, '/apis/networking.istio.io/v1/envoyfilters')).status).toBe(404);
    expect((await ask(cluster, '/apis/networking.istio.io/v1alpha3/envoyfilters')).status).toBe(200);
  });
});
