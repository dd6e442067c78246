import { createSimulatedCluster } from '@mooring/kube-sim';
import { describeClusterWatchConformance } from '../conformance/cluster-watch.conformance.ts';
import { simulatedUnderTest } from './simulated-under-test.ts';

describeClusterWatchConformance('a simulated API server', async () =>
  simulatedUnderTest(
    await createSimulatedCluster({ name: 'conformance', namespaces: ['shop', 'blog'], nodes: 3, pods: 60 }),
  ),
);
