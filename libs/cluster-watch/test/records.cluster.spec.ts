import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startKubeCluster, type KubeCluster } from '@mooring/kube-cluster';
import { hashOf } from '../src/content-hash.ts';
import type { JsonObject } from '../src/json.ts';
import { EXAMPLES, recordOf } from '../src/records/examples/all.ts';
import { typeOf, type Example } from '../src/records/examples/example.ts';
import { DEFINITIONS } from '../src/records/definitions.ts';
import type { SlimRecord } from '../src/records/record.ts';
import { relationsOf } from '../src/records/relations-of.ts';
import { slimRecord } from '../src/records/slim.ts';
import { apiVersionOf, collectionPathOf } from '../src/resource-type.ts';

jest.setTimeout(600_000);

/** Not among the CRDs that the projects publish for use as they are: alpha, of a former version, or of another project. */
const NOT_SERVED = [
  'istiooperators.install.istio.io',
  'istios.sailoperator.io',
  'tcproutes.gateway.networking.k8s.io',
  'udproutes.gateway.networking.k8s.io',
];

/** As somebody would create it: without what the server gives, and what it does not take. */
function creatable({ object, type }: Example, version: string): JsonObject {
  const { name, namespace, labels } = object['metadata'] as Record<string, unknown>;
  const created = { ...object, metadata: { name, namespace, labels }, status: undefined };
  if (!type.endsWith('.batch')) return created;
  // A job's selector is given by the server, and its pods may not be restarted for ever.
  const text = JSON.stringify(created).replaceAll('"nodeName"', '"restartPolicy":"Never","nodeName"');
  const job = JSON.parse(text) as { spec: { selector?: unknown } };
  if (type === 'jobs.batch') delete job.spec.selector;
  return { ...job, apiVersion: `batch/${version}` };
}

const withoutOwners = (record: SlimRecord) => relationsOf(record).filter(({ relation }) => relation !== 'owner');

describe('records of what a real API server gives', () => {
  let dataFolder: string;
  let cluster: KubeCluster;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'mooring-records-'));
    cluster = await startKubeCluster({ dataFolder, nodes: 1 });
    await cluster.installCrds('gateway-api');
    await cluster.installCrds('istio');
    await cluster.users.admin.api.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
  });

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it.each(EXAMPLES.filter(({ type }) => !NOT_SERVED.includes(type)))(
    'of $type hold everything the example says, the same through every version it serves',
    async (example) => {
      const { api } = cluster.users.admin;
      const pathOf = (version: string): string => {
        const type = typeOf(example, version);
        return collectionPathOf(type, type.namespaced ? 'shop' : undefined);
      };
      const path = pathOf(example.versions[0]);
      const body = {
        ...creatable(example, example.versions[0]),
        apiVersion: apiVersionOf(typeOf(example)),
        kind: example.kind,
      };
      const created = await api.call('POST', path, body);
      expect([created.status, (created.body as JsonObject)['message']]).toEqual([201, undefined]);

      const records: SlimRecord[] = [];
      for (const version of example.versions) {
        const answer = await api.call('GET', `${pathOf(version)}/web`);
        if (answer.status === 404) continue;
        expect(answer.status).toBe(200);
        const object = answer.body as JsonObject;
        // What controllers write meanwhile is not the same from one request to the next.
        records.push(slimRecord(typeOf(example, version), { ...object, status: undefined })!);
      }
      const [record] = records;
      expect(records.length).toBeGreaterThan(0);
      for (const other of records) {
        expect(other).toEqual({ ...record, apiVersion: other.apiVersion });
        expect(hashOf(other)).toBe(hashOf(record!));
      }
      const expected = recordOf(example.type, { ...creatable(example, ''), metadata: example.object['metadata'] });
      expect(withoutOwners(record!)).toEqual(expect.arrayContaining([...withoutOwners(expected)]));
    },
  );

  it('are those of every type that the server serves and the library knows', async () => {
    const { api } = cluster.users.admin;
    for (const type of DEFINITIONS.keys()) {
      const example = EXAMPLES.find((each) => each.type === type)!;
      const { status } = await api.call('GET', `${collectionPathOf(typeOf(example))}?limit=1`);
      expect([type, status]).toEqual([type, NOT_SERVED.includes(type) ? 404 : 200]);
    }
  });
});
