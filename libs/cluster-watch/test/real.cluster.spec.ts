import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeCluster } from '@mooring/cluster-watch';
import { startKubeCluster, type KubeCluster } from '@mooring/kube-cluster';
import { describeClusterWatchConformance } from '../conformance/cluster-watch.conformance.ts';
import { startRecordedWatch } from '../conformance/recorded-watch.ts';
import { accessAs, realUnderTest } from './real-under-test.ts';

const START_MS_MAX = 600_000;

async function startCluster(pods: number): Promise<KubeCluster> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'mooring-cluster-watch-'));
  const cluster = await startKubeCluster({ dataFolder, nodes: 5, pods });
  return {
    ...cluster,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

describeClusterWatchConformance(
  'a real control plane',
  async () => realUnderTest(await startCluster(100)),
  START_MS_MAX,
);

describe('users of a real control plane', () => {
  let cluster: KubeCluster;
  beforeAll(async () => {
    cluster = await startCluster(0);
  }, START_MS_MAX);
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000);

  it('a right to read only some kinds gives those, and says which ones it does not give', async () => {
    await using watch = startRecordedWatch({ access: accessAs(cluster, 'limited') });
    await watch.recorder.snapshot();
    const states = Object.fromEntries([...watch.recorder.statuses].map(([type, { state }]) => [type, state]));
    expect(states).toMatchObject({
      namespaces: 'watching',
      pods: 'watching',
      nodes: 'forbidden',
      'deployments.apps': 'forbidden',
    });
    expect(watch.recorder.named('Namespace', 'kube-system')?.uid).toBe(cluster.uid);
  });

  it('a wrong token is refused, and a user without rights is told which one is missing', async () => {
    const access = accessAs(cluster, 'viewer');
    expect(await probeCluster({ ...access, auth: { kind: 'token', token: 'wrong' } })).toMatchObject({
      ok: false,
      error: { kind: 'refused', reason: 'unauthorized' },
    });
    expect(await probeCluster(accessAs(cluster, 'nobody'))).toMatchObject({
      ok: false,
      error: { kind: 'refused', reason: 'uid-unreadable' },
    });
  });
});
