import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runAction } from '../src/actions.ts';
import { openControlSocket, sendAction } from '../src/control-socket.ts';
import { createKubeApi, startKubeCluster, type KubeCluster } from '../src/index.ts';

jest.setTimeout(600_000);

describe('what can be done to a control plane', () => {
  let dataFolder: string;
  let cluster: KubeCluster;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'mooring-kube-cluster-'));
    cluster = await startKubeCluster({ dataFolder, nodes: 2, pods: 20 });
  });

  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const get = async (path: string): Promise<{ status: number; body: unknown }> =>
    cluster.users.viewer.api.call('GET', path);
  const versionNow = async (): Promise<number> => {
    const { body } = await get('/api/v1/pods?limit=1');
    return Number((body as { metadata: { resourceVersion: string } }).metadata.resourceVersion);
  };

  it('a tenant reads what is in its own namespace, and which cluster this is', async () => {
    const statusOf = async (path: string): Promise<number> => (await cluster.users.tenant.api.call('GET', path)).status;
    expect(await statusOf('/api/v1/namespaces/tenant/pods')).toBe(200);
    expect(await statusOf('/api/v1/namespaces/team-1/pods')).toBe(403);
    expect(await statusOf('/api/v1/pods')).toBe(403);
    expect(await statusOf('/api/v1/namespaces/kube-system')).toBe(200);
    expect(await statusOf('/api/v1/namespaces')).toBe(403);
  });

  it('churn holds its rate, and the cluster its size', async () => {
    const before = await versionNow();
    const tally = await cluster.churn({ perSecond: 20, seed: 7, signal: AbortSignal.timeout(5_000) });
    expect(tally.writes + tally.failed).toBeGreaterThanOrEqual(90);
    expect(tally.writes + tally.failed).toBeLessThanOrEqual(20 * tally.seconds + 1);
    expect(tally.failed).toBeLessThan(tally.writes / 10);
    expect(await versionNow()).toBeGreaterThan(before + 50);
  });

  it("serves the Gateway API's and Istio's types as they are published", async () => {
    const names = [...(await cluster.installCrds('gateway-api')), ...(await cluster.installCrds('istio'))];
    expect(names).toEqual(
      expect.arrayContaining([
        'gateways.gateway.networking.k8s.io',
        'gateways.networking.istio.io',
        'envoyfilters.networking.istio.io',
      ]),
    );
    const { body } = await get('/apis');
    expect(JSON.stringify(body)).toContain('networking.istio.io');
    await cluster.installCrds('istio');
  });

  it('a compaction forgets the past of etcd', async () => {
    const revision = await cluster.compactEtcd();
    expect(revision).toBeGreaterThanOrEqual(await versionNow());
  });

  it('an API server that was killed comes back with what it had', async () => {
    const before = await get('/api/v1/namespaces/team-1');
    await cluster.killApiServer();
    await expect(get('/api/v1/namespaces')).rejects.toThrow();
    await cluster.startApiServer();
    expect(await get('/api/v1/namespaces/team-1')).toEqual(before);
  });

  it('a rotated token is refused from then on, and the new one taken', async () => {
    const { token } = cluster.users.viewer;
    const next = await cluster.rotateToken('viewer');
    expect(next.token).not.toBe(token);
    expect((await get('/api/v1/pods?limit=1')).status).toBe(200);
    const old = createKubeApi({ server: cluster.server, ca: cluster.ca, token });
    expect((await old.call('GET', '/api/v1/pods?limit=1')).status).toBe(401);
    old.close();
  });

  it('a user is known by a client certificate too, unless it has expired', async () => {
    const statusWith = async (notAfter?: Date): Promise<number> => {
      const { certPem: cert, keyPem: key } = await cluster.clientCertificate('viewer', notAfter);
      return new Promise((resolve, reject) => {
        request(`${cluster.server}/api/v1/pods?limit=1`, { ca: cluster.ca, cert, key }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
    };
    expect(await statusWith()).toBe(200);
    expect(await statusWith(new Date(Date.now() - 60_000))).toBe(401);
  });

  it('a rotated certificate is shown without a restart; of another authority, when asked', async () => {
    const { ca, kubeconfig } = cluster;
    const pid = cluster.processes['kube-apiserver'];
    await cluster.rotateCertificate();
    expect(cluster).toMatchObject({ ca, kubeconfig });
    expect((await get('/api/v1/pods?limit=1')).status).toBe(200);
    await cluster.rotateCertificate({ newAuthority: true });
    expect(cluster.ca).not.toBe(ca);
    expect(new X509Certificate(cluster.ca).ca).toBe(true);
    expect((await get('/api/v1/pods?limit=1')).status).toBe(200);
    expect(cluster.processes['kube-apiserver']).toBe(pid);
    await cluster.createDeployments({ pods: 5, prefix: 'after' });
    await cluster.waitForRunningPods(20, 60_000);
  });

  it('another process acts on it through its folder', async () => {
    await using socket = await openControlSocket(dataFolder, cluster);
    expect(await sendAction(dataFolder, ['status'])).toContain(cluster.uid);
    expect(await sendAction(dataFolder, ['compact'])).toMatch(/revision \d+/);
    await expect(sendAction(dataFolder, ['explode'])).rejects.toThrow('there is no explode');
    await socket[Symbol.asyncDispose]();
    await expect(sendAction(dataFolder, ['status'])).rejects.toThrow('no cluster runs in');
  });

  it('is upgraded once: at the newest release there is nothing to do, and nothing is done', async () => {
    expect(await runAction(cluster, { what: 'upgrade' })).toMatch(/^this is Kubernetes \S+ now$/);
    const { processes } = cluster;
    expect(await runAction(cluster, { what: 'upgrade' })).toContain('already, the newest there is here: nothing to do');
    expect(cluster.processes).toEqual(processes);
  });

  it('is the only one in its folder', async () => {
    await expect(startKubeCluster({ dataFolder })).rejects.toThrow(`(process ${process.pid})`);
    expect((await get('/api/v1/pods?limit=1')).status).toBe(200);
  });

  it('runs beside another one', async () => {
    const other = await mkdtemp(join(tmpdir(), 'mooring-kube-cluster-'));
    try {
      await using second = await startKubeCluster({ dataFolder: other, nodes: 1, pods: 5 });
      expect(second.uid).not.toBe(cluster.uid);
      expect(second.server).not.toBe(cluster.server);
      expect((await get('/api/v1/pods?limit=1')).status).toBe(200);
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });
});
