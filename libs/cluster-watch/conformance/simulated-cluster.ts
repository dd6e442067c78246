import { createClusterKeys, createSimulatedCluster, type Right } from '@mooring/kube-sim';
import type { AnyCluster, Reader, ResourceRef } from './any-cluster.ts';

const RIGHTS: Readonly<Record<Exclude<Reader, 'viewer'>, readonly Right[]>> = {
  limited: [{ types: ['namespaces', 'pods'] }],
  tenant: [
    { types: '*', namespaces: ['tenant'] },
    { types: ['namespaces'], names: ['kube-system'] },
  ],
  nobody: [],
};

const typeNameOf = ({ group, resource }: ResourceRef): string => (group === '' ? resource : `${resource}.${group}`);

export async function createAnySimulatedCluster(): Promise<AnyCluster> {
  const cluster = await createSimulatedCluster({
    name: 'any',
    builtins: 'all',
    namespaces: ['shop', 'tenant'],
    nodes: 3,
    pods: 60,
    bookmarkMs: 500,
  });
  const tokens = Object.fromEntries(
    Object.entries(RIGHTS).map(([reader, rights]) => [reader, cluster.addUser(reader, rights)]),
  );
  const tokenOf = (reader: Reader): string =>
    reader === 'viewer' ? cluster.keys.token : (tokens[reader] ?? 'there is no such reader');
  return {
    get server() {
      return cluster.server;
    },
    get ca() {
      return cluster.keys.caPem;
    },
    tokenOf,
    accessAs: (reader) => ({
      server: cluster.server,
      caPem: cluster.keys.caPem,
      auth: { kind: 'token', token: tokenOf(reader) },
    }),
    apply(type, object) {
      cluster.upsert(typeNameOf(type), object);
      return Promise.resolve();
    },
    remove(type, name) {
      cluster.remove(typeNameOf(type), name);
      return Promise.resolve();
    },
    installType(type) {
      cluster.installType(type);
      return Promise.resolve();
    },
    uninstallType({ plural, group }) {
      cluster.uninstallType(`${plural}.${group}`);
      return Promise.resolve();
    },
    restart() {
      cluster.restart();
      return Promise.resolve();
    },
    async crash() {
      await cluster.stop();
      cluster.restart();
      await cluster.start();
    },
    compact() {
      cluster.compact();
      return Promise.resolve();
    },
    rotateToken() {
      cluster.rotateToken(crypto.randomUUID());
      return Promise.resolve();
    },
    async rotateCertificate({ newAuthority }) {
      const made = await createClusterKeys('any');
      cluster.rotateCertificates(newAuthority ? made : cluster.keys);
    },
    upgrade() {
      cluster.upgrade('v1.36.3');
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
