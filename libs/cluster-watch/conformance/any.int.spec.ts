import type { AnyCluster } from './any-cluster.ts';
import { describeAnyKindConformance, describeUpgradeConformance } from './any-kind.conformance.ts';
import { describeApiServerConformance } from './api-server.conformance.ts';
import { createAnySimulatedCluster } from './simulated-cluster.ts';

let cluster: AnyCluster;
beforeAll(async () => {
  cluster = await createAnySimulatedCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

describeApiServerConformance('a simulated API server', () => cluster);
describeAnyKindConformance('a simulated API server', () => cluster);
describeUpgradeConformance('a simulated API server', () => cluster);
