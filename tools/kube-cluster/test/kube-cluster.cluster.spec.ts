import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startKubeCluster, type KubeCluster, type Role } from '../src/index.ts';

jest.setTimeout(600_000);

describe('a real control plane', () => {
  let dataFolder: string;
  let cluster: KubeCluster;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'mooring-kube-cluster-'));
    cluster = await startKubeCluster({ dataFolder, nodes: 2, pods: 40 });
  });

  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const statusOf = async (role: Role, path: string): Promise<number> =>
    (await cluster.users[role].api.call('GET', path)).status;

  const listed = async (path: string): Promise<readonly { status?: { phase?: string } }[]> => {
    const { body } = await cluster.users.admin.api.call('GET', path);
    return (body as { items: { status?: { phase?: string } }[] }).items;
  };

  const uidNow = async (): Promise<unknown> => {
    const { body } = await cluster.users.admin.api.call('GET', '/api/v1/namespaces/kube-system');
    return (body as { metadata: { uid: string } }).metadata.uid;
  };

  it('is identified by the namespace kube-system', async () => {
    expect(cluster.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(await uidNow()).toBe(cluster.uid);
  });

  it('runs the pods that Deployments asked for, on its nodes', async () => {
    const pods = await listed('/api/v1/pods');
    expect(pods).toHaveLength(40);
    expect(pods.every(({ status }) => status?.phase === 'Running')).toBe(true);
    expect(await listed('/api/v1/nodes')).toHaveLength(2);
    expect((await listed('/apis/discovery.k8s.io/v1/endpointslices')).length).toBeGreaterThanOrEqual(2);
  });

  it('runs more when asked to', async () => {
    await cluster.createDeployments({ pods: 10, prefix: 'more' });
    await cluster.waitForRunningPods(50, 60_000);
  });

  it.each<[Role, namespaces: number, pods: number, deployments: number, write: number]>([
    ['admin', 200, 200, 200, 201],
    ['viewer', 200, 200, 200, 403],
    ['limited', 200, 200, 403, 403],
    ['nobody', 403, 403, 403, 403],
  ])('holds the rights of %s', async (role, namespaces, pods, deployments, write) => {
    expect(await statusOf(role, '/api/v1/namespaces/kube-system')).toBe(namespaces);
    expect(await statusOf(role, '/api/v1/pods')).toBe(pods);
    expect(await statusOf(role, '/apis/apps/v1/deployments')).toBe(deployments);
    const created = await cluster.users[role].api.call('POST', '/api/v1/namespaces', {
      metadata: { name: `by-${role}` },
    });
    expect(created.status).toBe(write);
  });

  it('cannot be reached while stopped, and is the same cluster afterwards', async () => {
    const { server } = cluster;
    await cluster.stopApiServer();
    await expect(uidNow()).rejects.toThrow('ECONNREFUSED');
    await cluster.startApiServer();
    expect(cluster.server).toBe(server);
    expect(await uidNow()).toBe(cluster.uid);
    await cluster.createDeployments({ pods: 5, prefix: 'after' });
    await cluster.waitForRunningPods(55, 60_000);
  });

  it('is the same cluster when it is started again from its folder', async () => {
    const { uid, server, kubeconfig } = cluster;
    await cluster[Symbol.asyncDispose]();
    cluster = await startKubeCluster({ dataFolder, nodes: 2 });
    expect(cluster).toMatchObject({ uid, server, kubeconfig });
    await cluster.waitForRunningPods(55, 60_000);
  });
});
