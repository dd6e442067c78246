import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BASIC_TYPES, forbiddenKinds, probeCluster, type ClusterAccess } from '@mooring/cluster-watch';
import { checkoutFolder } from '@mooring/engines';
import { startKubeCluster, type KubeCluster } from '@mooring/kube-cluster';
import { eventually } from '@mooring/testing';
import { parseAllDocuments } from 'yaml';

jest.setTimeout(600_000);

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

describe('the role of infra/kubernetes on a real control plane', () => {
  let dataFolder: string;
  let cluster: KubeCluster;
  let access: ClusterAccess;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'mooring-role-'));
    cluster = await startKubeCluster({ dataFolder, nodes: 1, pods: 2 });
    const { nobody } = cluster.users;
    access = { server: cluster.server, caPem: cluster.ca, auth: { kind: 'token', token: nobody.token } };
  });

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('is all that watching needs, and gives nothing more', async () => {
    expect(await forbiddenKinds(access)).toHaveLength(BASIC_TYPES.length);

    const text = await readFile(join(checkoutFolder(), 'infra/kubernetes/mooring-reader.yaml'), 'utf8');
    const documents = parseAllDocuments(text).map((document) => document.toJS());
    const { api } = cluster.users.admin;
    await api.create(
      `${RBAC}/clusterroles`,
      documents.find(({ kind }) => kind === 'ClusterRole'),
    );
    // The manifest's own binding is for a service account; here the role is lent to a user who has no other.
    await api.create(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'mooring-reader' },
      roleRef: documents.find(({ kind }) => kind === 'ClusterRoleBinding').roleRef,
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'nobody' }],
    });

    await eventually(async () => expect(await forbiddenKinds(access)).toEqual([]));
    expect(await probeCluster(access)).toMatchObject({ ok: true, value: { uid: cluster.uid } });
    const { nobody } = cluster.users;
    for (const [method, path] of [
      ['GET', '/api/v1/secrets'],
      ['GET', '/api/v1/configmaps'],
      ['GET', '/api/v1/namespaces/default'],
      ['GET', '/api/v1/namespaces/default/pods/any'],
      ['DELETE', '/api/v1/namespaces/default/pods/any'],
    ] as const)
      expect([method, path, (await nobody.api.call(method, path)).status]).toEqual([method, path, 403]);
  });
});
