import type { AnyCluster } from './any-cluster.ts';
import { describeUpgradeConformance } from './any-kind.conformance.ts';
import { createAnyRealCluster } from './real-cluster.ts';

let cluster: AnyCluster;
beforeAll(async () => {
  cluster = await createAnyRealCluster(20);
}, 600_000);
afterAll(() => cluster[Symbol.asyncDispose](), 60_000);

describeUpgradeConformance('a real control plane', () => cluster);
