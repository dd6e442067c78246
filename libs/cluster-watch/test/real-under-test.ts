import { BASIC_TYPES, collectionPathOf, type ClusterAccess } from '@mooring/cluster-watch';
import type { KubeCluster, Role } from '@mooring/kube-cluster';
import type { BasicKind, ClusterUnderTest } from '../conformance/cluster-under-test.ts';

interface Meta {
  readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly items?: readonly Meta[];
}

const pathOf = (kind: BasicKind, { namespace, name }: { namespace?: string; name?: string }): string => {
  const path = collectionPathOf(
    BASIC_TYPES.find((each) => each.kind === kind)!,
    namespace,
  );
  return name === undefined ? path : `${path}/${name}`;
};

export const accessAs = (cluster: KubeCluster, role: Role): ClusterAccess => ({
  server: cluster.server,
  caPem: cluster.ca,
  auth: { kind: 'token', token: cluster.users[role].token },
});

/** Watches as the viewer, changes as the admin. A cut is a restart of the API server. */
export function realUnderTest(cluster: KubeCluster): ClusterUnderTest {
  const { api } = cluster.users.admin;
  const call = async (method: string, path: string, body?: object): Promise<{ status: number; body: Meta }> => {
    const { status, body: answer } = await api.call(method, path, body);
    if (status >= 300 && status !== 404) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return { status, body: answer ?? {} };
  };
  return {
    access: accessAs(cluster, 'viewer'),
    async apply(manifest) {
      const { kind, metadata } = manifest;
      const one = pathOf(kind, metadata);
      const found = await call('GET', one);
      if (found.status === 404) {
        await call(
          'POST',
          pathOf(kind, metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
          manifest,
        );
        return;
      }
      const resourceVersion = found.body.metadata?.resourceVersion;
      await call('PUT', one, { ...manifest, metadata: { ...metadata, resourceVersion } });
    },
    async remove(kind, name) {
      await call('DELETE', pathOf(kind, name));
    },
    async uids(kind) {
      const { body } = await call('GET', pathOf(kind, {}));
      return (body.items ?? []).map(({ metadata }) => metadata?.uid ?? '').sort();
    },
    async cutConnections() {
      await cluster.stopApiServer();
      await cluster.startApiServer();
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
