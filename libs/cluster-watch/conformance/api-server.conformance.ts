import { createHash } from 'node:crypto';
import type { CustomType } from '@mooring/kube-sim';
import { pathOf, ref, type AnyCluster, type AnyObject, type Reader } from './any-cluster.ts';
import { lookUntil } from './look-until.ts';
import { createRawClient, type RawAnswer, type RawClient, type RawMeta } from './raw-client.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const as = (kind: string): { readonly accept: string } => ({
  accept: `application/json;as=${kind};g=meta.k8s.io;v=v1`,
});
const FROM_START = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
const NAMESPACES = ref('namespaces');
const CONFIG_MAPS = ref('configmaps');
const PODS = pathOf(ref('pods'));
const NOTHING_HERE = '404 page not found\n';

interface List {
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly { readonly kind?: string; readonly metadata: RawMeta }[];
}

interface GroupDiscovery {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly freshness: string;
    readonly resources: readonly {
      readonly resource: string;
      readonly verbs: readonly string[];
      readonly scope: string;
      readonly responseKind: { readonly kind: string };
    }[];
  }[];
}

const listOf = ({ json }: RawAnswer): List => json as unknown as List;
const namesOf = (answer: RawAnswer): readonly (string | undefined)[] =>
  listOf(answer).items.map(({ metadata }) => metadata.name);

/** Every type as one line: group, version, resource, kind, scope, verbs. */
export async function readTypes(client: RawClient): Promise<readonly string[]> {
  const answers = await Promise.all(['/api', '/apis'].map((path) => client.get(path, { accept: AGGREGATED })));
  return answers
    .flatMap(({ json }) => (json as { items: readonly GroupDiscovery[] } | undefined)?.items ?? [])
    .flatMap(({ metadata: { name = '' }, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ resource, responseKind, scope, verbs }) =>
          [name, version, resource, responseKind.kind, scope, [...verbs].sort().join(',')].join(' '),
        ),
      ),
    )
    .sort();
}

async function readPlainTypes(client: RawClient): Promise<readonly string[]> {
  const { json } = await client.get('/apis');
  const groups = (json as unknown as { groups: readonly { name: string; versions: readonly { version: string }[] }[] })
    .groups;
  const all = [{ name: '', versions: [{ version: 'v1' }] }, ...groups];
  const lists = await Promise.all(
    all.flatMap(({ name, versions }) =>
      versions.map(async ({ version }) => {
        const answer = await client.get(name === '' ? '/api/v1' : `/apis/${name}/${version}`);
        const { resources } = answer.json as unknown as {
          resources: readonly { name: string; kind: string; namespaced: boolean; verbs: readonly string[] }[];
        };
        return resources
          .filter((each) => !each.name.includes('/'))
          .map((each) =>
            [
              name,
              version,
              each.name,
              each.kind,
              each.namespaced ? 'Namespaced' : 'Cluster',
              [...each.verbs].sort().join(','),
            ].join(' '),
          );
      }),
    ),
  );
  return lists.flat().sort();
}

const configMap = (namespace: string, name: string, labels: object = {}, text = 'x'): AnyObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, labels },
  data: { text },
});

/**
 * What a Kubernetes API server says to whom, byte by byte where clients depend on it. Run against a real one and the simulated one, so that the
 * simulation stays honest. `getCluster` gives the same cluster each time.
 */
export function describeApiServerConformance(what: string, getCluster: () => AnyCluster): void {
  describe(`the API of ${what}`, () => {
    let client: RawClient;
    let home = '';
    let homes = 0;
    const open = (reader: Reader = 'viewer'): RawClient => {
      const { server, ca } = getCluster();
      return createRawClient(server, ca, getCluster().tokenOf(reader));
    };
    beforeEach(async () => {
      client = open();
      homes += 1;
      home = `raw-${homes}-${Math.random().toString(36).slice(2, 7)}`;
      await getCluster().apply(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } });
    });
    afterEach(() => client[Symbol.dispose]());
    const make = async (names: readonly string[], labels: object = {}): Promise<void> => {
      for (const name of names) await getCluster().apply(CONFIG_MAPS, configMap(home, name, labels));
    };
    const mine = (query = ''): string => `${pathOf(CONFIG_MAPS, { namespace: home })}?${query}&labelSelector=mine`;
    const MINE = { mine: 'yes' };

    it('tells the same types by one document as group by group, and says when nothing changed', async () => {
      const types = await readTypes(client);
      expect(types).toEqual(await readPlainTypes(client));
      expect(types).toContain(
        'apps v1 deployments Deployment Namespaced create,delete,deletecollection,get,list,patch,update,watch',
      );
      const { headers } = await client.get('/apis', { accept: AGGREGATED });
      expect(headers['content-type']).toBe(AGGREGATED);
      expect(await client.get('/apis', { accept: AGGREGATED, 'if-none-match': String(headers.etag) })).toMatchObject({
        status: 304,
        text: '',
      });
    });

    it('lists by pages of one moment, and says how many are left where it knows', async () => {
      await make(['a', 'b', 'c', 'd'], MINE);
      await make(['z']);
      const first = await client.get(mine('limit=2'));
      expect(namesOf(first)).toEqual(['a', 'b']);
      expect(listOf(first).metadata.remainingItemCount).toBeUndefined();
      await getCluster().remove(CONFIG_MAPS, { namespace: home, name: 'd' });
      const second = await client.get(mine(`limit=2&continue=${listOf(first).metadata.continue}`));
      expect(namesOf(second)).toEqual(['c', 'd']);
      expect(listOf(second).metadata.resourceVersion).toBe(listOf(first).metadata.resourceVersion);
      // What is left is not selected, which the server finds out when it looks: the last page of a selection can be empty.
      const third = await client.get(mine(`limit=2&continue=${listOf(second).metadata.continue}`));
      expect(namesOf(third)).toEqual([]);
      expect(listOf(third).metadata.continue ?? '').toBe('');
      const pods = listOf(await client.get(`${PODS}?limit=1`));
      expect(pods.metadata.remainingItemCount).toBeGreaterThan(1);
      expect(pods.items[0]?.kind).toBeUndefined();
      const cached = await client.get(`${PODS}?limit=1&resourceVersion=0`);
      expect(listOf(cached).items.length).toBe(1 + (pods.metadata.remainingItemCount ?? 0));
    });

    it('goes on with continue tokens after a compaction, from memory, and knows what is none (400)', async () => {
      await make(['a', 'b', 'c'], MINE);
      const first = await client.get(mine('limit=1'));
      await getCluster().remove(CONFIG_MAPS, { namespace: home, name: 'c' });
      await getCluster().compact();
      const second = await client.get(mine(`limit=2&continue=${listOf(first).metadata.continue}`));
      expect(namesOf(second)).toEqual(['b', 'c']);
      expect((await client.get(mine('limit=1&continue=nonsense'))).status).toBe(400);
    });

    it('goes on with watches after a compaction: they are answered from memory', async () => {
      const { metadata } = listOf(await client.get(mine()));
      await make(['a'], MINE);
      await getCluster().compact();
      using watch = client.watch(mine(`watch=1&resourceVersion=${metadata.resourceVersion}`));
      await watch.until('what was made before', () => watch.words.includes('ADDED a'));
    });

    it('gives metadata alone: lists as a list of it, one object and watches as it; nothing else is acceptable', async () => {
      await make(['a'], MINE);
      const list = await client.get(mine(), as('PartialObjectMetadataList'));
      expect(list.json).toMatchObject({
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a', labels: MINE } }],
      });
      expect(list.text).not.toContain('"data"');
      expect(await client.get(mine(), as('PartialObjectMetadata'))).toMatchObject({
        status: 406,
        json: { reason: 'NotAcceptable' },
      });
      const one = await client.get(pathOf(CONFIG_MAPS, { namespace: home, name: 'a' }), as('PartialObjectMetadata'));
      expect(one.json).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
      using watch = client.watch(mine(FROM_START), as('PartialObjectMetadata'));
      await watch.until('the end of the first state', () => watch.events.length === 2);
      expect(watch.events.map(({ type, object }) => `${type} ${object.kind} ${object.apiVersion}`)).toEqual([
        'ADDED PartialObjectMetadata meta.k8s.io/v1',
        'BOOKMARK PartialObjectMetadata meta.k8s.io/v1',
      ]);
    });

    it('gives tables', async () => {
      await make(['a'], MINE);
      const { json } = await client.get(mine(), as('Table'));
      expect(json).toMatchObject({
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        rows: [{ object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
      });
      using watch = client.watch(mine(FROM_START), as('Table'));
      await watch.until('the first row', () => watch.events.length > 0);
      expect(watch.events[0]).toMatchObject({ type: 'ADDED', object: { kind: 'Table', rows: [{}] } });
    });

    it('streams the first state, ends it with a bookmark, and goes on with changes', async () => {
      await make(['a', 'b'], MINE);
      using watch = client.watch(mine(FROM_START));
      await watch.until('the end of the first state', () => watch.events.at(-1)?.type === 'BOOKMARK');
      expect([...watch.words].sort()).toEqual(['ADDED a', 'ADDED b']);
      const end = watch.events.at(-1)?.object;
      expect(end).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
      expect(Object.keys(end?.metadata ?? {}).sort()).toEqual(['annotations', 'resourceVersion']);
      expect(end?.metadata?.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
      await getCluster().apply(CONFIG_MAPS, configMap(home, 'a', MINE, 'y'));
      await getCluster().remove(CONFIG_MAPS, { namespace: home, name: 'b' });
      await watch.until('the changes', () => watch.words.includes('DELETED b'));
      expect(watch.words.slice(2)).toEqual(['MODIFIED a', 'DELETED b']);
      const refused = await client.get(mine('watch=1&sendInitialEvents=true'));
      expect(refused).toMatchObject({ status: 422, json: { reason: 'Invalid' } });
    });

    it('tells a watch with a selector what leaves it as deleted and what enters it as added', async () => {
      await make(['a'], MINE);
      using watch = client.watch(mine(FROM_START));
      await watch.until('the first state', () => watch.words.length === 1);
      await getCluster().apply(CONFIG_MAPS, configMap(home, 'a', { mine: 'no-more' }));
      await getCluster().apply(CONFIG_MAPS, configMap(home, 'a', {}));
      await getCluster().apply(CONFIG_MAPS, configMap(home, 'a', MINE));
      await watch.until('it is back', () => watch.words.length === 4);
      expect(watch.words).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a']);
      const selected = async (selector: string): Promise<readonly unknown[]> =>
        namesOf(await client.get(`${pathOf(CONFIG_MAPS, { namespace: home })}?${selector}`));
      await make(['b'], { mine: 'also', tier: 'web' });
      expect(await selected('labelSelector=mine+in+(yes,no),!tier')).toEqual(['a']);
      expect(await selected('labelSelector=tier%3Dweb')).toEqual(['b']);
      expect(await selected('labelSelector=mine,tier!%3Dweb')).toEqual(['a']);
      expect(await selected('fieldSelector=metadata.name%3Db')).toEqual(['b']);
      expect((await client.get(`${PODS}?labelSelector=a+b+c`)).status).toBe(400);
      expect((await client.get(`${PODS}?fieldSelector=spec.nothing%3Dx`)).status).toBe(400);
    });

    it('refuses versions that are none, makes a list of a later one wait, and a watch of a later one silent', async () => {
      expect((await client.get(mine('resourceVersion=abc'))).status).toBe(400);
      expect((await client.get(mine('watch=1&resourceVersion=abc'))).status).toBe(500);
      expect(await client.get(mine('resourceVersion=99999999999'))).toMatchObject({
        status: 504,
        json: { reason: 'Timeout' },
      });
      using watch = client.watch(mine('watch=1&resourceVersion=99999999999&timeoutSeconds=2'));
      expect(await watch.status).toBe(200);
      await make(['a'], MINE);
      await watch.until('its end', () => watch.endedInOrder !== undefined);
      expect(watch.words).toEqual([]);
    });

    it('compresses what is large, where it is wanted, and no watch', async () => {
      const zipped = { 'accept-encoding': 'gzip' };
      expect((await client.get(mine(), zipped)).headers['content-encoding']).toBeUndefined();
      await getCluster().apply(CONFIG_MAPS, configMap(home, 'large', MINE, 'x'.repeat(200_000)));
      const list = await client.get(mine(), zipped);
      expect(list.headers['content-encoding']).toBe('gzip');
      expect(namesOf(list)).toEqual(['large']);
      expect((await client.get(mine())).headers['content-encoding']).toBeUndefined();
      using watch = client.watch(mine(FROM_START), zipped);
      await watch.until('the object in plain text', () => watch.words.includes('ADDED large'));
    });

    it('holds the rights of each reader, and says which one is missing', async () => {
      using tenant = open('tenant');
      using limited = open('limited');
      using nobody = open('nobody');
      const where = (namespace: string): string => pathOf(CONFIG_MAPS, { namespace });
      const statuses = async (who: RawClient, ...paths: string[]): Promise<readonly number[]> =>
        Promise.all(paths.map(async (path) => (await who.get(path)).status));
      const KUBE_SYSTEM = '/api/v1/namespaces/kube-system';
      expect(await statuses(tenant, where('tenant'), where(home), PODS, '/api/v1/namespaces', KUBE_SYSTEM)).toEqual([
        200, 403, 403, 403, 200,
      ]);
      expect(await statuses(limited, PODS, '/api/v1/namespaces', where('tenant'), '/api/v1/nodes')).toEqual([
        200, 200, 403, 403,
      ]);
      expect(await statuses(nobody, PODS, KUBE_SYSTEM, '/apis', '/version')).toEqual([403, 403, 200, 200]);
      expect((await nobody.get('/apis/apps/v1/deployments?watch=1')).json).toMatchObject({
        reason: 'Forbidden',
        message:
          'deployments.apps is forbidden: User "nobody" cannot watch resource "deployments" in API group "apps" at the cluster scope',
      });
      expect((await tenant.get(where(home))).json?.['message']).toBe(
        `configmaps is forbidden: User "tenant" cannot list resource "configmaps" in API group "" in the namespace "${home}"`,
      );
    });

    it('tells apart a path of nobody, a type that a group does not have, an object that is not there, and what cannot be watched', async () => {
      expect(await client.get('/apis/no.such.group/v1/things')).toMatchObject({ status: 404, text: NOTHING_HERE });
      expect(await client.get('/api/v1/nothings')).toMatchObject({
        status: 404,
        json: { kind: 'Status', reason: 'NotFound' },
      });
      expect((await client.get('/api/v1/namespaces/no-such-one')).json).toMatchObject({
        message: 'namespaces "no-such-one" not found',
      });
      expect((await client.get('/api/v1/componentstatuses?watch=1')).status).toBe(405);
      expect((await client.get('/apis/authentication.k8s.io/v1/tokenreviews')).status).toBe(405);
    });

    it('serves a type from when its CRD comes until it goes, in its versions; its watches end with each change of them', async () => {
      const group = `${home}.example`;
      const boats: CustomType = { group, kind: 'Boat', plural: 'boats', versions: ['v1'] };
      const inVersion = (version: string) => ref('boats', group, version);
      const listed = async (version: string): Promise<boolean> =>
        (await readTypes(client)).some((each) => each.startsWith(`${group} ${version} boats Boat Namespaced`));
      const untilServed = (path: string, status: number): Promise<RawAnswer> =>
        lookUntil(
          () => client.get(path),
          (answer) => answer.status === status,
          15_000,
        );
      // Served and listed comes in no order.
      const untilListed = (version: string, isThere: boolean): Promise<boolean> =>
        lookUntil(
          () => listed(version),
          (is) => is === isThere,
          15_000,
        );
      await getCluster().installType(boats);
      const path = pathOf(inVersion('v1'));
      expect((await untilServed(path, 200)).json).toMatchObject({ kind: 'BoatList', items: [] });
      expect(await untilListed('v1', true)).toBe(true);
      const boat = (version: string, name: string) => ({
        apiVersion: `${group}/${version}`,
        kind: 'Boat',
        metadata: { namespace: home, name },
        spec: { length: 9 },
      });
      await getCluster().apply(inVersion('v1'), boat('v1', 'one'));
      expect(listOf(await client.get(path)).items[0]).toMatchObject({ kind: 'Boat', apiVersion: `${group}/v1` });

      using first = client.watch(`${path}?${FROM_START}`);
      await first.until('the first state', () => first.events.at(-1)?.type === 'BOOKMARK');
      await getCluster().installType({ ...boats, versions: ['v1', 'v2'] });
      await first.until('its end', () => first.endedInOrder !== undefined, 20_000);
      expect(first.endedInOrder).toBe(true);
      const later = pathOf(inVersion('v2'));
      const converted = await untilServed(later, 200);
      expect(listOf(converted).items[0]).toMatchObject({
        kind: 'Boat',
        apiVersion: `${group}/v2`,
        metadata: { name: 'one' },
      });

      using second = client.watch(`${later}?${FROM_START}`);
      await second.until('the first state', () => second.events.at(-1)?.type === 'BOOKMARK');
      await getCluster().uninstallType(boats);
      await second.until('its end', () => second.endedInOrder !== undefined, 20_000);
      expect(second.words).toEqual(['ADDED one', 'DELETED one']);
      expect(await untilServed(later, 404)).toMatchObject({ status: 404, text: NOTHING_HERE });
      expect(await untilListed('v2', false)).toBe(false);
    }, 90_000);

    it('refuses a token that was taken back, and then ends the connection', async () => {
      using before = open();
      await getCluster().rotateToken();
      client[Symbol.dispose]();
      client = createRawClient(getCluster().server, getCluster().ca, 'an old one');
      expect(await client.get(PODS)).toMatchObject({ status: 401, json: { reason: 'Unauthorized' } });
      await expect(client.get(PODS)).rejects.toThrow();
      using after = open();
      expect((await after.get(`${PODS}?limit=1`)).status).toBe(200);
      await expect(
        before.get(PODS).then(({ status }) => (status === 401 ? Promise.reject(new Error('401')) : status)),
      ).rejects.toThrow();
    }, 90_000);

    it('forgets every version with a restart: watches end in order, and no older version can be resumed (410)', async () => {
      await make(['a', 'b'], MINE);
      const first = await client.get(mine('limit=1'));
      const { resourceVersion } = listOf(first).metadata;
      using watch = client.watch(mine(`watch=1&resourceVersion=${resourceVersion}`));
      expect(await watch.status).toBe(200);
      await getCluster().restart();
      await watch.until('its end', () => watch.endedInOrder !== undefined);
      expect(watch.endedInOrder).toBe(true);
      using after = open();
      using resumed = after.watch(mine(`watch=1&resourceVersion=${resourceVersion}`));
      await resumed.until('a refusal', () => resumed.events.length > 0);
      expect(resumed.words).toEqual(['ERROR 410']);
      await resumed.until('its end', () => resumed.endedInOrder === true);
      // Pages come from etcd, which remembers.
      expect(namesOf(await after.get(mine(`limit=1&continue=${listOf(first).metadata.continue}`)))).toEqual(['b']);
    }, 90_000);

    it('forgets continue tokens with a compaction and a restart (410)', async () => {
      await make(['a', 'b'], MINE);
      const first = await client.get(mine('limit=1'));
      await make(['c']);
      await getCluster().compact();
      await getCluster().restart();
      using after = open();
      expect(await after.get(mine(`limit=1&continue=${listOf(first).metadata.continue}`))).toMatchObject({
        status: 410,
        json: { kind: 'Status', reason: 'Expired' },
      });
    }, 90_000);

    it('shows another certificate to new connections, and goes on with the old ones', async () => {
      const before = createHash('sha256').update(getCluster().ca).digest('hex');
      await getCluster().rotateCertificate({ newAuthority: true });
      expect(createHash('sha256').update(getCluster().ca).digest('hex')).not.toBe(before);
      expect((await client.get(`${PODS}?limit=1`)).status).toBe(200);
      using after = open();
      expect((await after.get(`${PODS}?limit=1`)).status).toBe(200);
    }, 120_000);
  });
}
