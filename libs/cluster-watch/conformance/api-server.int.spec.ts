import type { AnyCluster } from './any-cluster.ts';
import { describeApiServerConformance } from './api-server.conformance.ts';
import { createAnySimulatedCluster } from './simulated-cluster.ts';

let cluster: AnyCluster;
beforeAll(async () => {
  cluster = await createAnySimulatedCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

describeApiServerConformance('a simulated API server', () => cluster);
