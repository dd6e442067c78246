import type { SimulatedCluster } from '@mooring/kube-sim';
import type { ClusterUnderTest } from '../conformance/cluster-under-test.ts';
import { accessOf } from './access-of.ts';

export const simulatedUnderTest = (cluster: SimulatedCluster): ClusterUnderTest => ({
  access: accessOf(cluster),
  apply({ kind, ...draft }) {
    cluster.upsert(kind, draft);
    return Promise.resolve();
  },
  remove(kind, name) {
    cluster.remove(kind, name);
    return Promise.resolve();
  },
  uids: (kind) =>
    Promise.resolve(
      cluster
        .list(kind)
        .map(({ metadata }) => metadata.uid)
        .sort(),
    ),
  cutConnections() {
    cluster.faults.cutConnections();
    return Promise.resolve();
  },
  [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
});
