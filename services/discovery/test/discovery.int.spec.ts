import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClusterView, ResourcePage } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { InProcessService } from '@mooring/service-host';
import { eventually } from '@mooring/testing';
import { isWord } from '../src/domain/watch.ts';
import { acceptSeen, connect, startWorld, tokenAccess, type World } from './world.ts';

let world: World;
let discovery: InProcessService;
let cluster: SimulatedCluster;
let clusters = 0;

beforeAll(async () => {
  world = await startWorld();
  discovery = await world.startDiscovery();
}, 60_000);

afterAll(async () => {
  await discovery[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

beforeEach(async () => {
  cluster = await createSimulatedCluster({ name: `sim-${(clusters += 1)}`, namespaces: ['shop'], nodes: 2, pods: 20 });
});

afterEach(async () => {
  await cluster[Symbol.asyncDispose]();
});

const viewOf = async (connectionId: string): Promise<ClusterView> =>
  (await discovery.call('GET', `/api/clusters/${connectionId}`)).body as ClusterView;

const podsOf = async (connectionId: string): Promise<readonly string[]> => {
  const { body } = await discovery.call('GET', `/api/resources?connectionId=${connectionId}&kind=Pod&limit=500`);
  return (body as ResourcePage).items.map(({ uid }) => uid).sort();
};

const namespacesOf = async (connectionId: string): Promise<readonly string[]> => {
  const { body } = await discovery.call('GET', `/api/resources?connectionId=${connectionId}&kind=Namespace`);
  return (body as ResourcePage).items.map(({ name }) => name);
};

const podsIn = (of: SimulatedCluster): readonly string[] =>
  of
    .list('Pod')
    .map(({ metadata }) => metadata.uid)
    .sort();

/** What is said of the cluster as a whole. */
const typesOf = async (connectionId: string): Promise<readonly string[]> =>
  (await world.observations(connectionId))
    .map(({ type }) => type)
    .filter((type) => type === 'WatchBegun' || isWord(type));

const requestsOf = (of: SimulatedCluster, path?: string): number =>
  of.requests
    .all()
    .filter((each) => path === undefined || each.path === path)
    .reduce((sum, { count }) => sum + count, 0);

/** Goes by requests, so it needs no sleep: the cluster was asked again so often since. */
const untilAskedAgain = async (times: number): Promise<void> => {
  const before = requestsOf(cluster);
  await eventually(() => requestsOf(cluster) >= before + times, { timeoutMs: 10_000 });
};

describe('a cluster that is there', () => {
  it('is seen, and its snapshot is complete once it is registered and not before', async () => {
    const connectionId = await world.enter(await world.sealed(tokenAccess(cluster)));
    const seen = await world.observed(connectionId, 'ClusterSeen');
    expect(seen.data).toMatchObject({
      clusterUid: cluster.uid,
      clusterVersion: 'v1.35.4',
      observation: { decision: 1, epoch: 1, count: 1 },
    });
    expect(await podsOf(connectionId)).toEqual([]);

    await acceptSeen(world, connectionId, cluster.uid, 2);
    const complete = await world.observed(connectionId, 'SnapshotCompleted');
    expect(complete.data).toMatchObject({ clusterUid: cluster.uid, observation: { decision: 2, epoch: 1, count: 5 } });
    expect(await podsOf(connectionId)).toEqual(podsIn(cluster));
    expect(await viewOf(connectionId)).toMatchObject({ watch: 'live', clusterUid: cluster.uid, version: 'v1.35.4' });
  });

  it('answers a decision within its operation and trace', async () => {
    const connectionId = await connect(world, cluster);
    const [begun, seen] = await world.observations(connectionId);
    const entered = await firstOf(world.store.read(`connection-${connectionId}`));
    for (const event of [begun, seen]) {
      expect(event?.metadata.$causationId).toBe(entered.id);
      expect(event?.metadata.$correlationId).toBe(entered.metadata.$correlationId);
      expect(event?.metadata.traceparent.slice(3, 35)).toBe(entered.metadata.traceparent.slice(3, 35));
    }
  });

  it('is followed: what changes there changes here', async () => {
    const connectionId = await connect(world, cluster);
    const [pod] = cluster.list('Pod');
    cluster.remove('Pod', pod!.metadata);
    cluster.upsert('Pod', { ...pod!, metadata: { name: 'another', namespace: 'shop' } });
    await eventually(async () => expect(await podsOf(connectionId)).toEqual(podsIn(cluster)));
  });

  it('is complete with what may be read, where some kinds may not', async () => {
    cluster.faults.forbid('Pod', 'Node');
    const connectionId = await connect(world, cluster);
    const { data } = await world.observed(connectionId, 'SnapshotCompleted');
    expect(data).toMatchObject({
      kinds: expect.arrayContaining([
        expect.objectContaining({ kind: 'Pod', status: 'forbidden', objects: 0 }),
        expect.objectContaining({ kind: 'Deployment', status: 'watching' }),
      ]),
    });
    const { kinds } = await viewOf(connectionId);
    expect(kinds.find(({ kind }) => kind === 'Pod')).toMatchObject({ state: 'forbidden', objects: 0 });
  });

  it('is said once to have a kind that cannot be followed, and once to have it back', async () => {
    const connectionId = await connect(world, cluster);
    cluster.faults.respond({ status: 500, kind: 'Pod' });
    cluster.faults.cutStreams({ kind: 'Pod' });
    const { data } = await world.observed(connectionId, 'KindDegraded');
    expect(data).toMatchObject({ type: 'pods', kind: 'Pod', status: 'failing', reason: expect.any(String) });
    expect(await podsOf(connectionId)).toEqual(podsIn(cluster));
    await untilAskedAgain(2);
    cluster.faults.clear();
    expect((await world.observed(connectionId, 'KindRecovered')).data).toMatchObject({
      type: 'pods',
      status: 'watching',
    });
    const said = (await world.observations(connectionId)).map(({ type }) => type);
    expect(said.slice(said.indexOf('SnapshotCompleted'))).toEqual([
      'SnapshotCompleted',
      'KindDegraded',
      'KindRecovered',
    ]);
  }, 45_000);

  it('is only looked at while it is ignored, and left alone when a person disconnected it', async () => {
    const connectionId = await connect(world, cluster);
    await world.say(connectionId, 'ConnectionIgnored', {
      state: 'ignored',
      intent: 'ignored',
      by: 'person',
      decision: 3,
    });
    await eventually(() => cluster.openWatches === 0);
    await untilAskedAgain(3);
    expect(cluster.openWatches).toBe(0);

    await world.say(connectionId, 'ConnectionRegistered', {
      state: 'registered',
      intent: 'registered',
      by: 'person',
      decision: 4,
    });
    await eventually(() => cluster.openWatches > 0);
    await world.say(connectionId, 'ConnectionDisconnected', {
      state: 'disconnected',
      intent: 'none',
      by: 'person',
      decision: 5,
    });
    await eventually(async () => expect((await viewOf(connectionId)).watch).toBe('resting'));
    expect(cluster.openWatches).toBe(0);
  });

  it('is said to be complete again under a newer decision, over the same watch', async () => {
    const connectionId = await connect(world, cluster);
    await world.say(connectionId, 'ConnectionPutInMaintenance', {
      state: 'maintenance',
      intent: 'maintenance',
      decision: 3,
    });
    const again = await world.observed(connectionId, 'SnapshotCompleted', 2);
    expect(again.data).toMatchObject({ observation: { decision: 3, epoch: 1 } });
    expect(await typesOf(connectionId)).toEqual([
      'WatchBegun',
      'ClusterSeen',
      'SnapshotCompleted',
      'SnapshotCompleted',
    ]);
    expect(requestsOf(cluster, '/api/v1/pods')).toBe(1);
  });
});

describe('a cluster that is not there', () => {
  it('is lost at the first look when it was never seen, with the reason, once', async () => {
    const access = tokenAccess(cluster);
    await cluster.stop();
    const connectionId = await world.enter(await world.sealed(access));
    const { data } = await world.observed(connectionId, 'ClusterLost');
    expect(data).toMatchObject({
      reason: { code: 'connection-refused', suggestedRemediation: expect.any(String) },
      observation: { decision: 1, epoch: 1, count: 1 },
    });
    await world.say(connectionId, 'ConnectionNotFound', {
      by: 'observation',
      reason: data.reason,
    });

    // Seen before that is heard, it would be seen once more afterwards.
    await world.heard(connectionId);
    await cluster.start();
    await world.observed(connectionId, 'ClusterSeen');
    expect(await typesOf(connectionId)).toEqual(['WatchBegun', 'ClusterLost', 'ClusterSeen']);
  });

  it('is lost after several looks over the window, seen when it is back, and complete only under the new decision', async () => {
    const connectionId = await connect(world, cluster);
    await cluster.stop();
    const { data } = await world.observed(connectionId, 'ClusterLost');
    const { looks, overMs, reason } = data;
    expect(looks).toBeGreaterThanOrEqual(2);
    expect(overMs).toBeGreaterThanOrEqual(300);
    expect(await viewOf(connectionId)).toMatchObject({ watch: 'away', reason: { code: 'connection-refused' } });
    expect(await podsOf(connectionId)).toEqual(podsIn(cluster));
    await world.say(connectionId, 'ConnectionDisconnected', { state: 'disconnected', by: 'observation', reason });

    // Seen before that is heard, it would be seen once more afterwards.
    await world.heard(connectionId);
    await cluster.start();
    await world.observed(connectionId, 'ClusterSeen', 2);
    await acceptSeen(world, connectionId, cluster.uid, 3);
    const again = await world.observed(connectionId, 'SnapshotCompleted', 2);
    expect(again.data).toMatchObject({ observation: { decision: 3, epoch: 1 } });
    expect((await typesOf(connectionId)).slice(3)).toEqual(['ClusterLost', 'ClusterSeen', 'SnapshotCompleted']);
  });

  it('is not lost for a blink', async () => {
    const connectionId = await connect(world, cluster);
    const links = requestsOf(cluster);
    cluster.faults.cutConnections();
    await eventually(() => requestsOf(cluster) > links);
    await eventually(async () => expect((await viewOf(connectionId)).watch).toBe('live'));
    expect(await typesOf(connectionId)).toEqual(['WatchBegun', 'ClusterSeen', 'SnapshotCompleted']);
  });

  it('does not hold up another one while it stalls', async () => {
    cluster.faults.stall();
    const stalled = await world.enter(await world.sealed(tokenAccess(cluster)));
    await using other = await createSimulatedCluster({ name: 'beside-a-stalled-one', pods: 5 });
    const connectionId = await connect(world, other);
    expect(await podsOf(connectionId)).toEqual(podsIn(other));
    const { data } = await world.observed(stalled, 'ClusterLost');
    expect(data).toMatchObject({ reason: { code: expect.stringMatching(/timeout|stalled/) } });
  });
});

describe('a cluster that refuses', () => {
  it('is said to refuse once, is asked again a bounded number of times, and again with a new credential', async () => {
    const connectionId = await world.enter(await world.sealed(tokenAccess(cluster, 'wrong')));
    const { data } = await world.observed(connectionId, 'ClusterRefused');
    expect(data).toMatchObject({ reason: { code: 'unauthorized' } });
    await world.say(connectionId, 'ConnectionDisconnected', {
      state: 'disconnected',
      by: 'observation',
      reason: data.reason,
    });
    // The first look and its retries, each one request that is answered 401.
    await eventually(() => requestsOf(cluster) >= 4);
    await quiet(() => requestsOf(cluster));

    const credentialId = await world.sealed(tokenAccess(cluster));
    await world.say(connectionId, 'CredentialAttached', {
      ...{ fingerprint: 'g', accessId: credentialId },
      endpoint: { server: cluster.server, context: 'second' },
      credentialId,
      decision: 2,
    });
    const seen = await world.observed(connectionId, 'ClusterSeen');
    expect(seen.data).toMatchObject({ credentialId, observation: { decision: 2 } });
    expect(await typesOf(connectionId)).toEqual(['WatchBegun', 'ClusterRefused', 'ClusterSeen']);
  });

  it('lets in with an older credential when it refuses the newest', async () => {
    const good = await world.sealed(tokenAccess(cluster));
    const connectionId = await world.enter(good);
    await world.observed(connectionId, 'ClusterSeen');
    await acceptSeen(world, connectionId, cluster.uid, 2);
    await world.observed(connectionId, 'SnapshotCompleted');
    const bad = await world.sealed(tokenAccess(cluster, 'wrong'));
    await world.say(connectionId, 'CredentialAttached', {
      ...{ fingerprint: 'b', accessId: bad },
      endpoint: { server: cluster.server, context: 'second' },
      credentialId: bad,
      decision: 3,
    });
    await cluster.stop();
    const { data } = await world.observed(connectionId, 'ClusterLost');
    await world.say(connectionId, 'ConnectionDisconnected', {
      state: 'disconnected',
      by: 'observation',
      reason: data.reason,
    });
    // Seen before that is heard, it would be seen once more afterwards.
    await world.heard(connectionId);
    await cluster.start();
    const seen = await world.observed(connectionId, 'ClusterSeen', 2);
    expect(seen.data).toMatchObject({ credentialId: good });
  });

  it('goes on with a rotated credential, and nobody is told', async () => {
    const credentialId = await world.sealed(tokenAccess(cluster));
    const connectionId = await world.enter(credentialId);
    await world.observed(connectionId, 'ClusterSeen');
    await acceptSeen(world, connectionId, cluster.uid, 2);
    await world.observed(connectionId, 'SnapshotCompleted');
    await world.sealed(tokenAccess(cluster, 'rotated'), credentialId);
    cluster.rotateToken('rotated');
    cluster.upsert('Namespace', { metadata: { name: 'after-the-rotation' } });
    await eventually(async () => expect(await namespacesOf(connectionId)).toContain('after-the-rotation'));
    expect(await typesOf(connectionId)).toEqual(['WatchBegun', 'ClusterSeen', 'SnapshotCompleted']);
  });

  it('is not read anew when a token expires, over the same watch', async () => {
    // So that a first state is a list, and no other watch is.
    cluster.faults.streamedLists = false;
    const credentialId = await world.sealed(tokenAccess(cluster));
    const connectionId = await world.enter(credentialId);
    await world.observed(connectionId, 'ClusterSeen');
    await acceptSeen(world, connectionId, cluster.uid, 2);
    await world.observed(connectionId, 'SnapshotCompleted');
    const lists = cluster.requests.count('list');
    expect(lists).toBeGreaterThan(0);
    for (const token of ['second', 'third']) {
      await world.sealed(tokenAccess(cluster, token), credentialId);
      cluster.rotateToken(token);
      cluster.upsert('Namespace', { metadata: { name: `under-the-${token}` } });
      await eventually(async () => expect(await namespacesOf(connectionId)).toContain(`under-the-${token}`));
      await eventually(async () => expect((await viewOf(connectionId)).watch).toBe('live'));
    }
    expect(cluster.requests.count('list')).toBe(lists);
    expect(await typesOf(connectionId)).toEqual(['WatchBegun', 'ClusterSeen', 'SnapshotCompleted']);
  });

  it('is watched with another credential when it refuses the one in use once more', async () => {
    const worn = await world.sealed(tokenAccess(cluster));
    const connectionId = await world.enter(worn);
    await world.observed(connectionId, 'ClusterSeen');
    await acceptSeen(world, connectionId, cluster.uid, 2);
    await world.observed(connectionId, 'SnapshotCompleted');
    const fresh = await world.sealed(tokenAccess(cluster, 'fresh'));
    await world.say(connectionId, 'CredentialAttached', {
      ...{ fingerprint: 'f', accessId: fresh },
      endpoint: { server: cluster.server, context: 'second' },
      credentialId: fresh,
    });
    await world.heard(connectionId);
    cluster.rotateToken('fresh');
    cluster.upsert('Namespace', { metadata: { name: 'after-the-rotation' } });
    await eventually(async () => expect(await namespacesOf(connectionId)).toContain('after-the-rotation'));
    expect(await typesOf(connectionId)).not.toContain('ClusterRefused');
  });

  it('is not lost while its credential is on the way, and seen when that has come', async () => {
    const credentialId = await world.sealed(tokenAccess(cluster));
    await world.credentials.erase(credentialId);
    const connectionId = await world.enter(credentialId);
    await world.observed(connectionId, 'WatchBegun');
    await world.sealed(tokenAccess(cluster), credentialId);
    await world.observed(connectionId, 'ClusterSeen');
    expect(await typesOf(connectionId)).not.toContain('ClusterLost');
  });

  it('is refused for its credential when that never comes', async () => {
    const credentialId = await world.sealed(tokenAccess(cluster));
    await world.credentials.erase(credentialId);
    const connectionId = await world.enter(credentialId);
    const { data } = await world.observed(connectionId, 'ClusterRefused');
    expect(data).toMatchObject({ reason: { code: 'credential-missing' } });
  });

  it('is refused when its address leads to another cluster than before', async () => {
    const connectionId = await connect(world, cluster);
    const { port, keys } = cluster;
    await cluster[Symbol.asyncDispose]();
    await using other = await createSimulatedCluster({ name: 'an-impostor', port, keys });
    const { data } = await world.observed(connectionId, 'ClusterRefused');
    expect(data).toMatchObject({ reason: { code: 'another-cluster', suggestedRemediation: expect.any(String) } });
    expect(await podsOf(connectionId)).toHaveLength(20);
    expect(other.list('Pod')).toHaveLength(0);
  });
});

describe('a connection that is deleted', () => {
  it('leaves nothing behind', async () => {
    const connectionId = await connect(world, cluster);
    await world.say(connectionId, 'ConnectionDeleted', { state: 'deleted', intent: 'none', by: 'person', decision: 3 });
    await eventually(async () => {
      expect((await discovery.call('GET', `/api/clusters/${connectionId}`)).status).toBe(404);
      expect(await podsOf(connectionId)).toEqual([]);
    });
    await eventually(() => cluster.openWatches === 0);
  });
});

async function firstOf<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('there is none');
}

/** Waits until a count has not grown for half a second: there is no event for something that does not happen any more. */
async function quiet(count: () => number): Promise<void> {
  let last = count();
  let since = performance.now();
  await eventually(
    () => {
      if (count() !== last) {
        last = count();
        since = performance.now();
      }
      return performance.now() - since > 500;
    },
    { timeoutMs: 15_000 },
  );
}
