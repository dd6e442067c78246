import { connect } from 'node:http2';
import { startDemo } from '../src/demo.ts';
import type { SimulatedCluster } from '../src/cluster.ts';
import { builtinTypes } from '../src/builtin-types.ts';
import { createObjectStore } from '../src/store.ts';
import { createTypeRegistry } from '../src/type-registry.ts';
import { openSwitchboard } from '../src/switchboard.ts';

/** The status of a plain GET with the cluster's own token, or the code of the error. */
const statusOf = (cluster: SimulatedCluster, path: string): Promise<number | string> =>
  new Promise((resolve) => {
    const session = connect(cluster.server, { ca: cluster.keys.caPem });
    session.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    const stream = session.request({ ':path': path, authorization: `Bearer ${cluster.keys.token}` });
    stream.on('error', () => undefined);
    stream.on('response', ({ ':status': status }) => {
      resolve(status ?? 0);
      session.destroy();
    });
  });

const NO_LIFE = { clusters: 4, port: 0, pods: 20, intervalMs: 0 };

describe('the demonstration', () => {
  it('is the same in every run: names, uids, and with the keys given back, credentials', async () => {
    const first = await startDemo(NO_LIFE);
    const seen = first.clusters.map(({ name, uid }) => ({ name, uid }));
    const pods = first.clusters.map((cluster) => cluster.list('Pod').map(({ metadata }) => metadata.uid));
    expect(new Set(seen.map(({ uid }) => uid)).size).toBe(4);
    expect(pods.map(({ length }) => length)).toEqual([20, 20, 20, 20]);
    await first[Symbol.asyncDispose]();
    await using second = await startDemo({ ...NO_LIFE, keys: first.keys });
    expect(second.clusters.map(({ name, uid }) => ({ name, uid }))).toEqual(seen);
    expect(second.clusters.map((cluster) => cluster.list('Pod').map(({ metadata }) => metadata.uid))).toEqual(pods);
    expect(second.keys).toEqual(first.keys);
    expect(await statusOf(second.clusters[3]!, '/api/v1/pods')).toBe(200);
  });

  it('a kubeconfig names every cluster with its own authority and token', async () => {
    await using demo = await startDemo(NO_LIFE);
    const { contexts, clusters, users } = JSON.parse(demo.kubeconfig) as Record<string, { name: string }[]>;
    const names = demo.clusters.map(({ name }) => name);
    expect([contexts, clusters, users].map((list) => list?.map(({ name }) => name))).toEqual([names, names, names]);
  });

  it('has life in it: things happen by themselves', async () => {
    await using demo = await startDemo({ ...NO_LIFE, clusters: 1, intervalMs: 1 });
    const [cluster] = demo.clusters;
    const version = (): number => Math.max(...cluster!.list('Pod').map((pod) => Number(pod.metadata.resourceVersion)));
    const before = version();
    const deadline = Date.now() + 4000;
    while (version() === before && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    expect(version()).toBeGreaterThan(before);
  });

  it('the switchboard takes a cluster away and brings it back', async () => {
    await using demo = await startDemo({ ...NO_LIFE, clusters: 1 });
    await using switchboard = await openSwitchboard(0, demo.clusters);
    const [cluster] = demo.clusters;
    const press = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`http://127.0.0.1:${switchboard.port}${path}`, { method: 'POST', headers })).status;
    expect(await press('/clusters/harbour-east/stop', { origin: 'https://elsewhere.example' })).toBe(403);
    expect(await statusOf(cluster!, '/version')).toBe(200);
    // The test's own fetch says `sec-fetch-mode` and no site; a page says its site and its origin.
    expect(await press('/clusters/harbour-east/stop')).toBe(204);
    expect(await statusOf(cluster!, '/version')).toBe('ECONNREFUSED');
    expect(await press('/clusters/harbour-east/start')).toBe(204);
    expect(await statusOf(cluster!, '/version')).toBe(200);
    expect(await press('/clusters/nobody/start')).toBe(404);
  });

  it('nobody without a credential reads anything but the version', async () => {
    await using demo = await startDemo({ ...NO_LIFE, clusters: 1 });
    const [cluster] = demo.clusters;
    const anonymous = { ...cluster!, server: cluster!.server, keys: { ...cluster!.keys, token: 'wrong' } };
    expect(await statusOf(anonymous, '/api/v1/pods')).toBe(401);
  });
});

describe('the store', () => {
  it('gives an object that comes back another uid, and tells what happened after a version until it is compacted', () => {
    const store = createObjectStore({
      clusterName: 'x',
      registry: createTypeRegistry(builtinTypes('few')),
      firstVersion: 10,
    });
    const draft = { metadata: { namespace: 'a', name: 'b' } };
    const first = store.upsert('Pod', draft);
    store.remove('Pod', draft.metadata);
    const second = store.upsert('Pod', draft);
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    const since = store.since(10);
    expect(since === 'gone' ? since : since.map(({ type }) => type)).toEqual(['ADDED', 'DELETED', 'ADDED']);
    expect(store.since(99)).toEqual([]);
    store.compact();
    expect(store.since(Number(second.metadata.resourceVersion))).toBe('gone');
    expect(store.since(store.version)).toEqual([]);
  });
});
