import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterView } from '@mooring/contracts';
import { createSimulatedCluster, podDraft, type SimulatedCluster } from '@mooring/kube-sim';
import { eventually } from '@mooring/testing';
import { connect, startWorld, type World } from './world.ts';

const PODS = 60;

let world: World;
let cluster: SimulatedCluster;

beforeAll(async () => {
  world = await startWorld();
  cluster = await createSimulatedCluster({ name: 'large', namespaces: ['shop'], nodes: 1 });
  for (let index = cluster.count('pods'); index < PODS; index += 1)
    cluster.upsert('pods', podDraft({ namespace: 'shop', name: `p-${index}`, app: 'x', image: 'x:1' }));
}, 60_000);

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

describe('the limits of a cluster', () => {
  it('are seen where they take effect: what is left out in its kinds, what is held back in the metrics', async () => {
    const [objectsMax, changesPerSecondMax] = [40, 30];
    await using discovery = await world.startDiscovery({ kinds: ['pods'], objectsMax, changesPerSecondMax });
    const connectionId = await connect(world, cluster);

    const { body } = await discovery.call('GET', `/api/clusters/${connectionId}`);
    const { watch, kinds } = body as ClusterView;
    expect(watch).toBe('live');
    expect(kinds).toMatchObject([
      {
        ...{ type: 'pods', state: 'watching', objects: objectsMax, leftOut: PODS - objectsMax },
        reason: `${PODS - objectsMax} objects were left out: the limit of ${objectsMax} objects for this cluster is reached`,
      },
    ]);

    const figure = async (series: string): Promise<number> => {
      const text = String((await discovery.call('GET', '/metrics')).body);
      const line = text.split('\n').find((each) => series.split(' ').every((part) => each.includes(part)));
      return Number(line?.split(' ').at(-1));
    };
    expect(await figure('mooring_watch_objects_left_out{')).toBe(PODS - objectsMax);
    expect(await figure('mooring_watch_kinds state="watching"')).toBe(1);
    expect(await figure('mooring_watch_kinds state="failing"')).toBe(0);
    // Ten more than a second allows at once.
    const heldBack = await figure('mooring_watch_held_back_seconds_total limit="changes"');
    expect(heldBack).toBeGreaterThan(0.2);
    expect(await figure('mooring_watch_held_back_seconds_total limit="bytes"')).toBe(0);

    // What was held back is never taken back, not with the end of its watch either.
    await world.say(connectionId, 'ConnectionDeleted', { state: 'deleted', intent: 'none', by: 'person', decision: 3 });
    await eventually(async () => (await figure('mooring_watch_kinds state="watching"')) === 0);
    expect(await figure('mooring_watch_held_back_seconds_total limit="changes"')).toBeGreaterThanOrEqual(heldBack);
  }, 60_000);

  it('of how soon a cluster that is away is tried again are not those of one kind that fails', async () => {
    const anHourMs = 3_600_000;
    await using another = await createSimulatedCluster({ name: 'another', namespaces: ['shop'], nodes: 1, pods: 2 });
    another.faults.respond({ status: 500, kind: 'pods', times: 2 });
    await using discovery = await world.startDiscovery({ retryMinMs: anHourMs, retryMaxMs: anHourMs });
    // The kind is waited for: it has not failed often enough to be given up for now.
    const connectionId = await connect(world, another);
    const { body } = await discovery.call('GET', `/api/clusters/${connectionId}`);
    expect((body as ClusterView).kinds.find(({ type }) => type === 'pods')).toMatchObject({ state: 'watching' });
  }, 60_000);
});
