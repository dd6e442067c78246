import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { forbiddenKinds, probeCluster, RECORD_TYPES, type ClusterAccess } from '@mooring/cluster-watch';
import { checkoutFolder } from '@mooring/engines';
import { startKubeCluster, type KubeCluster } from '@mooring/kube-cluster';
import { eventually } from '@mooring/testing';
import { parseAllDocuments } from 'yaml';

jest.setTimeout(600_000);

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const SENSED = ['customresourcedefinitions.apiextensions.k8s.io', 'apiservices.apiregistration.k8s.io'];
/** Served by Kubernetes itself, and asked for by nobody unless they are selected. */
const LEFT_OUT = ['configmaps', 'events', 'events.events.k8s.io', 'leases.coordination.k8s.io', 'secrets'];

const nameOf = (group: string, resource: string): string => (group === '' ? resource : `${resource}.${group}`);

/** Authorization looks at group and resource, whatever the version: a group that is not served is allowed (404) or not (403) too. */
function pathOf(type: string, version = 'v1'): string {
  const [resource, ...group] = type.split('.');
  return group.length === 0 ? `/api/${version}/${resource}` : `/apis/${group.join('.')}/${version}/${resource}`;
}

describe('the roles of infra/kubernetes on a real control plane', () => {
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

  /** Creates what is in a manifest. Its bindings are for a service account; here the roles are lent to a user who has no other. */
  const apply = async (manifest: string): Promise<void> => {
    const text = await readFile(join(checkoutFolder(), 'infra/kubernetes', manifest), 'utf8');
    const documents = parseAllDocuments(text).map((document) => document.toJS());
    const { api } = cluster.users.admin;
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'nobody' }];
    for (const document of documents) {
      if (document.kind === 'ClusterRole') await api.create(`${RBAC}/clusterroles`, document);
      if (document.kind === 'ClusterRoleBinding')
        await api.create(`${RBAC}/clusterrolebindings`, { ...document, subjects });
    }
  };

  /** Every type that the control plane serves and can list. */
  const served = async (): Promise<readonly string[]> => {
    const { api } = cluster.users.admin;
    const get = async (path: string): Promise<any> => (await api.call('GET', path)).body;
    const { groups } = await get('/apis');
    const versions = ['v1', ...groups.map((group: any) => group.preferredVersion.groupVersion)];
    const lists = await Promise.all(
      versions.map(async (version) => ({ version, ...(await get(version === 'v1' ? '/api/v1' : `/apis/${version}`)) })),
    );
    return lists.flatMap(({ version, resources }) =>
      resources
        .filter(({ name, verbs }: any) => verbs.includes('list') && verbs.includes('watch') && !name.includes('/'))
        .map(({ name }: any) => nameOf(version.includes('/') ? version.split('/')[0] : '', name)),
    );
  };

  const refusedOf = async (types: readonly string[]): Promise<readonly string[]> => {
    const { api } = cluster.users.nobody;
    const refused: string[] = [];
    for (const type of types) if ((await api.call('GET', `${pathOf(type)}?limit=1`)).status === 403) refused.push(type);
    return refused.sort();
  };

  it('are all that watching needs, type by type, and give nothing more', async () => {
    const types = await served();
    expect(types.length).toBeGreaterThan(40);
    expect(await refusedOf(types)).toEqual([...types].sort());

    await apply('mooring-reader.yaml');
    await eventually(async () => expect(await forbiddenKinds(access)).toEqual([]));
    expect(await probeCluster(access)).toMatchObject({ ok: true, value: { uid: cluster.uid } });
    const wanted: readonly string[] = [...RECORD_TYPES, ...SENSED];
    expect(await refusedOf(wanted)).toEqual([]);
    expect(await refusedOf(types)).toEqual(types.filter((type) => !wanted.includes(type)).sort());
    const { nobody } = cluster.users;
    for (const [method, path] of [
      ['GET', '/api/v1/namespaces/default'],
      ['GET', '/api/v1/namespaces/default/pods/any'],
      ['GET', '/api/v1/namespaces/default/pods/any/log'],
      ['DELETE', '/api/v1/namespaces/default/pods/any'],
    ] as const)
      expect([method, path, (await nobody.api.call(method, path)).status]).toEqual([method, path, 403]);

    // The second manifest is filled by the cluster's own controller, and leaves out only what nobody asks for by itself.
    await apply('mooring-reader-more.yaml');
    await eventually(async () =>
      expect(await refusedOf(types)).toEqual(types.filter((type) => LEFT_OUT.includes(type)).sort()),
    );
  });
});
