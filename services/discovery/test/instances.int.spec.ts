import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResourcePage } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { consumeBatches, sourceOf } from '@mooring/messaging';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { connect, startWorld, tokenAccess, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
}, 60_000);

const newCluster = (name: string): Promise<SimulatedCluster> =>
  createSimulatedCluster({ name, namespaces: ['shop'], nodes: 2, pods: 20 });

const namesOf = async (discovery: InProcessService, connectionId: string): Promise<readonly string[]> => {
  const { body } = await discovery.call('GET', `/api/resources?connectionId=${connectionId}&limit=500`);
  return (body as ResourcePage).items.map(({ kind, uid }) => `${kind} ${uid}`).sort();
};

const WATCHED = [
  'Namespace',
  'Node',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'EndpointSlice',
  'Pod',
] as const;
const namesIn = (cluster: SimulatedCluster): readonly string[] =>
  WATCHED.flatMap((kind) => cluster.list(kind).map(({ metadata }) => `${kind} ${metadata.uid}`)).sort();

const epochsOf = async (connectionId: string): Promise<readonly number[]> =>
  (await world.observations(connectionId)).flatMap((event) => (event.type === 'WatchBegun' ? [event.data.epoch] : []));

describe('discovery that stops and starts again', () => {
  it('goes on where it was: nothing twice, nothing lost, nothing said that is known', async () => {
    await using cluster = await newCluster('restarted');
    let connectionId: string;
    {
      await using discovery = await world.startDiscovery();
      connectionId = await connect(world, cluster);
      expect(await namesOf(discovery, connectionId)).toEqual(namesIn(cluster));
    }
    const [gone, changed] = cluster.list('Pod');
    cluster.remove('Pod', gone!.metadata);
    cluster.upsert('Pod', { ...changed!, metadata: { ...changed!.metadata, labels: { changed: 'meanwhile' } } });
    cluster.upsert('Namespace', { metadata: { name: 'made-meanwhile' } });

    await using discovery = await world.startDiscovery();
    await eventually(async () => expect(await namesOf(discovery, connectionId)).toEqual(namesIn(cluster)), {
      timeoutMs: 10_000,
    });
    const { body } = await discovery.call('GET', '/api/resources?label=changed=meanwhile');
    expect((body as ResourcePage).items).toHaveLength(1);
    expect((await world.observations(connectionId)).map(({ type }) => type)).toEqual([
      'WatchBegun',
      'ClusterSeen',
      'TierReached',
      'TierReached',
      'TierReached',
      'SnapshotCompleted',
      'WatchBegun',
    ]);
  }, 30_000);

  it('deletes nothing that it could not read', async () => {
    await using cluster = await newCluster('half-read');
    let connectionId: string;
    let before: readonly string[];
    {
      await using discovery = await world.startDiscovery();
      connectionId = await connect(world, cluster);
      before = await namesOf(discovery, connectionId);
    }
    cluster.faults.forbid('Pod');
    cluster.upsert('Namespace', { metadata: { name: 'made-meanwhile' } });
    await using discovery = await world.startDiscovery();
    await eventually(async () => expect(await namesOf(discovery, connectionId)).toHaveLength(before.length + 1), {
      timeoutMs: 10_000,
    });
    expect(await namesOf(discovery, connectionId)).toEqual(expect.arrayContaining([...before]));
  }, 30_000);
});

describe('two instances', () => {
  it('have one worker per cluster, and the other takes over when one stops', async () => {
    await using clusters = new AsyncDisposableStack();
    const made = await Promise.all(['a', 'b', 'c'].map(newCluster));
    for (const cluster of made) clusters.use(cluster);
    const first = await world.startDiscovery();
    await using second = await world.startDiscovery();
    const ids = await Promise.all(made.map((cluster) => connect(world, cluster)));
    for (const id of ids) expect(await epochsOf(id)).toEqual([1]);

    await first[Symbol.asyncDispose]();
    for (const [index, id] of ids.entries()) {
      await eventually(async () => expect(await epochsOf(id)).toEqual([1, 2]), { timeoutMs: 10_000 });
      const cluster = made[index]!;
      cluster.upsert('Namespace', { metadata: { name: 'after-the-change-of-hands' } });
      await eventually(async () => expect(await namesOf(second, id)).toEqual(namesIn(cluster)), { timeoutMs: 10_000 });
    }
  }, 60_000);
});

describe('what others see of discovery', () => {
  it('are its observations as events on the bus, each once, in order', async () => {
    await using cluster = await newCluster('published');
    await using discovery = await world.startDiscovery();
    const heard: { type: string; subject: string; sequence: string }[] = [];
    const stop = new AbortController();
    const consuming = consumeBatches({
      bus: world.bus,
      source: sourceOf({ consumer: 'connections', producer: 'discovery' }),
      batchMax: 100,
      waitMs: 10,
      handle: (items) => {
        heard.push(...items.map(({ event }) => event));
        return Promise.resolve();
      },
      signal: stop.signal,
    });
    const connectionId = await connect(world, cluster);
    await eventually(() => {
      const own = heard.filter(({ subject }) => subject === connectionId);
      expect(own.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
        '0 io.meshery.discovery.watch.begun.v1',
        '1 io.meshery.discovery.cluster.seen.v1',
        '2 io.meshery.discovery.tier.reached.v1',
        '3 io.meshery.discovery.tier.reached.v1',
        '4 io.meshery.discovery.tier.reached.v1',
        '5 io.meshery.discovery.snapshot.completed.v1',
      ]);
    });
    expect((await discovery.call('GET', '/readyz')).status).toBe(200);
    stop.abort();
    await consuming;
  }, 30_000);

  it('is never a credential', async () => {
    await using cluster = await newCluster('secretive');
    const lines: string[] = [];
    await using discovery = await world.startDiscovery({}, lines);
    const marker = cluster.keys.token;
    const connectionId = await connect(world, cluster);
    const refused = await world.enter(await world.sealed(tokenAccess(cluster, `${marker}-wrong`)));
    await world.observed(refused, 'ClusterRefused');
    const answers = await Promise.all(
      ['/api/clusters', `/api/resources?connectionId=${connectionId}&limit=500`, '/readyz', '/metrics'].map((path) =>
        discovery.call('GET', path),
      ),
    );
    const events = [...(await world.observations(connectionId)), ...(await world.observations(refused))];
    const everything = [
      JSON.stringify(answers.map(({ body }) => body)),
      JSON.stringify(events, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      ...lines,
      await world.dump(),
    ].join('\n');
    expect(lines.length).toBeGreaterThan(0);
    expect(everything).toContain(connectionId);
    expect(everything).not.toContain(marker);
  }, 30_000);
});

describe('discovery whose surroundings go away', () => {
  it('says what it saw meanwhile when the event store is back', async () => {
    await using cluster = await newCluster('seen-in-the-dark');
    await using discovery = await world.startDiscovery();
    const connectionId = await connect(world, cluster);
    await world.eventStoreNode.crash();
    await cluster.stop();
    await eventually(async () => {
      const { body } = await discovery.call('GET', `/api/clusters/${connectionId}`);
      expect(body).toMatchObject({ watch: 'away' });
    });
    await world.eventStoreNode.restart();
    await world.observed(connectionId, 'ClusterLost');
  }, 60_000);

  it('keeps watching through an outage of the bus', async () => {
    await using cluster = await newCluster('through-the-outage');
    await using discovery = await world.startDiscovery();
    const connectionId = await connect(world, cluster);
    await world.nats.crash();
    cluster.faults.cutConnections();
    cluster.upsert('Namespace', { metadata: { name: 'made-in-the-outage' } });
    await eventually(async () => expect(await namesOf(discovery, connectionId)).toEqual(namesIn(cluster)), {
      timeoutMs: 10_000,
    });
    await world.nats.restart();
    await eventually(async () => (await discovery.call('GET', '/readyz')).status === 200, { timeoutMs: 30_000 });
    expect((await world.observations(connectionId)).map(({ type }) => type)).not.toContain('ClusterLost');
  }, 60_000);
});
