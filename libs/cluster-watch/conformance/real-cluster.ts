import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKubeCluster } from '@mooring/kube-cluster';
import { crdDraft } from '@mooring/kube-sim';
import { pathOf, ref, type AnyCluster, type AnyObject, type ResourceRef } from './any-cluster.ts';

const CRDS = ref('customresourcedefinitions', 'apiextensions.k8s.io');

interface Answer {
  readonly metadata?: { readonly resourceVersion?: string };
}

/** A control plane with some pods, in a temporary folder. */
export async function createAnyRealCluster(pods = 60): Promise<AnyCluster> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'mooring-any-cluster-'));
  const cluster = await startKubeCluster({ dataFolder, nodes: 3, pods });
  const call = async (method: string, path: string, body?: object): Promise<{ status: number; body: Answer }> => {
    const { status, body: answer } = await cluster.users.admin.api.call(method, path, body);
    if (status >= 300 && status !== 404) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return { status, body: answer ?? {} };
  };
  const apply = async (type: ResourceRef, object: AnyObject): Promise<void> => {
    const { metadata } = object;
    const { namespace } = metadata;
    const found = await call('GET', pathOf(type, metadata));
    if (found.status === 404) {
      await call('POST', pathOf(type, namespace === undefined ? {} : { namespace }), object);
      return;
    }
    const resourceVersion = found.body.metadata?.resourceVersion;
    await call('PUT', pathOf(type, metadata), { ...object, metadata: { ...metadata, resourceVersion } });
  };
  const remove = async (path: string): Promise<void> => {
    await call('DELETE', path);
  };
  return {
    server: cluster.server,
    get ca() {
      return cluster.ca;
    },
    tokenOf: (reader) => cluster.users[reader].token,
    accessAs: (reader) => ({
      server: cluster.server,
      caPem: cluster.ca,
      auth: { kind: 'token', token: cluster.users[reader].token },
    }),
    apply,
    remove: (type, name) => remove(pathOf(type, name)),
    async installType(type) {
      const { apiVersion, kind, metadata, spec } = crdDraft(type);
      await apply(CRDS, { apiVersion, kind, metadata, spec });
    },
    uninstallType: ({ plural, group }) => remove(pathOf(CRDS, { name: `${plural}.${group}` })),
    restart: () => cluster.restartApiServer(),
    async crash() {
      await cluster.killApiServer();
      await cluster.startApiServer();
    },
    async compact() {
      await cluster.compactEtcd();
    },
    async rotateToken() {
      await cluster.rotateToken('viewer');
    },
    rotateCertificate: (options) => cluster.rotateCertificate(options),
    upgrade: () => cluster.upgrade(),
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
