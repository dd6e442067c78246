import type { AnyCluster } from './any-cluster.ts';
import { describeAnyKindConformance } from './any-kind.conformance.ts';
import { describeApiServerConformance, readTypes } from './api-server.conformance.ts';
import { createRawClient } from './raw-client.ts';
import { createAnyRealCluster } from './real-cluster.ts';
import { createAnySimulatedCluster } from './simulated-cluster.ts';

const START_MS_MAX = 600_000;

let cluster: AnyCluster;
beforeAll(async () => {
  cluster = await createAnyRealCluster();
}, START_MS_MAX);
afterAll(() => cluster[Symbol.asyncDispose](), 60_000);

it('the simulation serves the types that a real control plane serves', async () => {
  await using simulated = await createAnySimulatedCluster();
  const typesOf = async (each: AnyCluster): Promise<readonly string[]> => {
    using client = createRawClient(each.server, each.ca, each.tokenOf('viewer'));
    return await readTypes(client);
  };
  expect(await typesOf(simulated)).toEqual(await typesOf(cluster));
});

describeApiServerConformance('a real control plane', () => cluster);
describeAnyKindConformance('a real control plane', () => cluster);
