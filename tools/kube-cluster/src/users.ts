import type { KubeApi } from './kube-api.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const READ = ['get', 'list', 'watch'];
const GROUP = 'rbac.authorization.k8s.io';
const TENANT = 'tenant';

/** Gives the users of the token file their rights. Repeating it changes nothing. */
export async function grantRights(api: KubeApi): Promise<void> {
  await grant(api, 'viewer', [
    { apiGroups: ['*'], resources: ['*'], verbs: READ },
    { nonResourceURLs: ['*'], verbs: ['get'] },
  ]);
  await grant(api, 'limited', [{ apiGroups: [''], resources: ['namespaces', 'pods'], verbs: READ }]);
  // Which cluster this is can be read by a right to one object alone.
  await grant(api, TENANT, [
    { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
  ]);
  await api.create('/api/v1/namespaces', { metadata: { name: TENANT } });
  await grantInside(api, TENANT, [{ apiGroups: ['*'], resources: ['*'], verbs: READ }]);
}

const subjects = (user: string): readonly object[] => [{ apiGroup: GROUP, kind: 'User', name: user }];

async function grant(api: KubeApi, user: string, rules: readonly unknown[]): Promise<void> {
  const metadata = { name: `mooring-test-${user}` };
  await api.create(`${RBAC}/clusterroles`, { metadata, rules });
  const roleRef = { apiGroup: GROUP, kind: 'ClusterRole', name: metadata.name };
  await api.create(`${RBAC}/clusterrolebindings`, { metadata, roleRef, subjects: subjects(user) });
}

/** In the namespace of the user's own name. */
async function grantInside(api: KubeApi, user: string, rules: readonly unknown[]): Promise<void> {
  const metadata = { name: `mooring-test-${user}` };
  await api.create(`${RBAC}/namespaces/${user}/roles`, { metadata, rules });
  const roleRef = { apiGroup: GROUP, kind: 'Role', name: metadata.name };
  await api.create(`${RBAC}/namespaces/${user}/rolebindings`, { metadata, roleRef, subjects: subjects(user) });
}
