import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterView, KindStatusView, ResourceFacets, ResourcePage } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { connect, startWorld, type World } from './world.ts';

const PODS = 20;
const BOATS = 'boats.harbour.example';
const WAIT = { timeoutMs: 20_000 };

let world: World;
let discovery: InProcessService;
let cluster: SimulatedCluster;
let connectionId: string;

beforeAll(async () => {
  world = await startWorld();
  discovery = await world.startDiscovery({ staleGraceMs: 1_000 });
  cluster = await createSimulatedCluster({ name: 'sim', namespaces: ['shop'], nodes: 2, pods: PODS });
  cluster.installType({ group: 'harbour.example', kind: 'Boat', plural: 'boats', versions: ['v1'] });
  connectionId = await connect(world, cluster);
}, 60_000);

afterAll(async () => {
  await discovery[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

const get = async <T>(path: string): Promise<T> => (await discovery.call('GET', path)).body as T;

const kindOf = async (type: string): Promise<KindStatusView | undefined> =>
  (await get<ClusterView>(`/api/clusters/${connectionId}`)).kinds.find((kind) => kind.type === type);

const staleSinceOf = async (type: string): Promise<readonly (string | undefined)[]> => {
  const { items } = await get<ResourcePage>(`/api/resources?connectionId=${connectionId}&type=${type}&limit=500`);
  return [...new Set(items.map(({ staleSince }) => staleSince))];
};

const counted = async (query: string): Promise<number> =>
  (await get<ResourceFacets>(`/api/resources/facets?by=type&connectionId=${connectionId}&${query}`)).objects;

/** Until everything has been compared anew; `meanwhile` happens while nobody watches. */
const restarted = async (meanwhile: () => void = () => undefined): Promise<void> => {
  await discovery[Symbol.asyncDispose]();
  meanwhile();
  const at = new Date().toISOString();
  discovery = await world.startDiscovery({ staleGraceMs: 1_000 });
  await eventually(async () => {
    const { watch, tiers } = await get<ClusterView>(`/api/clusters/${connectionId}`);
    return watch === 'live' && tiers.every(({ reachedAt }) => reachedAt !== undefined && reachedAt >= at);
  }, WAIT);
};

describe('a kind whose right is taken away', () => {
  it('ages by itself, is counted nowhere after the grace period, and is fresh again when the right is given back', async () => {
    expect(await staleSinceOf('pods')).toEqual([undefined]);
    const before = new Date().toISOString();
    cluster.faults.forbid('Pod');
    cluster.faults.cutStreams({ kind: 'Pod' });

    await eventually(async () => expect(await kindOf('pods')).toMatchObject({ state: 'forbidden' }), WAIT);
    const [since, ...others] = await staleSinceOf('pods');
    expect(others).toEqual([]);
    expect(since).toBe((await kindOf('pods'))?.staleSince);
    expect(since! >= before).toBe(true);
    expect(await staleSinceOf('nodes')).toEqual([undefined]);
    expect(await get<ClusterView>(`/api/clusters/${connectionId}`)).not.toHaveProperty('staleSince');

    await eventually(async () => expect(await counted('type=pods')).toBe(0), WAIT);
    expect(await counted('q=sim')).toBe(await counted('q=sim&type=nodes'));
    expect(await counted('type=nodes')).toBe(2);
    expect(await kindOf('pods')).toMatchObject({ objects: PODS, outdated: true });

    await restarted();
    expect(await kindOf('pods')).toMatchObject({ state: 'forbidden', objects: PODS, outdated: true });
    expect(await staleSinceOf('pods')).toEqual([since]);

    cluster.faults.clear();
    await restarted();
    expect(await staleSinceOf('pods')).toEqual([undefined]);
    expect(await kindOf('pods')).not.toHaveProperty('staleSince');
    expect(await kindOf('pods')).not.toHaveProperty('outdated');
    expect(await counted('type=pods')).toBe(PODS);
  }, 90_000);
});

describe('a kind without objects that goes while nobody watches', () => {
  it('is told to be gone when the cluster has been read', async () => {
    cluster.faults.forbid('Boat');
    cluster.faults.cutStreams({ kind: 'Boat' });
    await eventually(async () => expect(await kindOf(BOATS)).toMatchObject({ state: 'forbidden' }), WAIT);

    await restarted(() => cluster.uninstallType(BOATS));
    expect(await kindOf(BOATS)).toMatchObject({ state: 'removed', objects: 0 });
    expect(await kindOf('nodes')).toMatchObject({ state: 'watching' });
  }, 60_000);
});
