import type { KubeApi } from './kube-api.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const READ = ['get', 'list', 'watch'];

/** Gives the users of the token file their rights. Repeating it changes nothing. */
export async function grantRights(api: KubeApi): Promise<void> {
  await grant(api, 'viewer', [
    { apiGroups: ['*'], resources: ['*'], verbs: READ },
    { nonResourceURLs: ['*'], verbs: ['get'] },
  ]);
  await grant(api, 'limited', [{ apiGroups: [''], resources: ['namespaces', 'pods'], verbs: READ }]);
}

async function grant(api: KubeApi, user: string, rules: readonly unknown[]): Promise<void> {
  const metadata = { name: `mooring-test-${user}` };
  await api.create(`${RBAC}/clusterroles`, { metadata, rules });
  await api.create(`${RBAC}/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
}
