import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterPage, ClusterView, ResourceFacets, ResourcePage, ResourceView } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import type { InProcessService } from '@mooring/service-host';
import { connect, startWorld, type World } from './world.ts';

let world: World;
let discovery: InProcessService;
let clusters: readonly SimulatedCluster[];
let ids: readonly string[];

beforeAll(async () => {
  world = await startWorld();
  discovery = await world.startDiscovery();
  clusters = await Promise.all(
    ['one', 'two'].map((name) => createSimulatedCluster({ name, namespaces: ['shop'], nodes: 2, pods: 20 })),
  );
  const web = { name: 'web-100%_sure', namespace: 'shop', labels: { app: 'web', 'example.com/tier': 'front-end' } };
  clusters[0]!.upsert('Service', { metadata: web, spec: { ports: [{ port: 80 }] } });
  ids = await Promise.all(clusters.map((cluster) => connect(world, cluster)));
}, 60_000);

afterAll(async () => {
  await discovery[Symbol.asyncDispose]();
  for (const cluster of clusters) await cluster[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
}, 60_000);

const list = async (query: string): Promise<ResourcePage> => {
  const { status, body } = await discovery.call('GET', `/api/resources?${query}`);
  expect(status).toBe(200);
  return body as ResourcePage;
};

const everyPage = async (query: string): Promise<readonly ResourceView[]> => {
  const found: ResourceView[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page: ResourcePage = await list(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
};

describe('the resources', () => {
  it('come in pages without a gap or a repeat, in the order of type, namespace and name', async () => {
    const all = (await list('limit=500')).items;
    expect(await everyPage('limit=7')).toEqual(all);
    const keys = all.map(({ type, namespace = '', name }) => `${type}\u0000${namespace}\u0000${name}`);
    expect(keys).toEqual([...keys].sort());
    expect(all.filter(({ kind }) => kind === 'Pod')).toHaveLength(40);
  });

  it('are told apart by cluster, kind, namespace, part of the name and labels, all at once', async () => {
    const names = async (query: string) => (await list(`${query}&limit=500`)).items.map(({ name }) => name);
    expect(await names(`connectionId=${ids[0]}&kind=Pod`)).toHaveLength(20);
    expect(await names(`clusterUid=${clusters[1]!.uid}&kind=Pod,Node`)).toHaveLength(22);
    expect(await names('kind=Namespace&namespace=shop')).toEqual([]);
    expect(await names('label=app=web,example.com/tier')).toEqual(['web-100%_sure']);
    expect(await names(`label=${encodeURIComponent('example.com/tier=front-end')}`)).toEqual(['web-100%_sure']);
    expect(await names(`name=${encodeURIComponent('100%_S')}`)).toEqual(['web-100%_sure']);
    expect(await names(`name=${encodeURIComponent('1%')}`)).toEqual([]);
    expect(await names('clusterUid=nobody')).toEqual([]);
    expect(await names('kind=Secret')).toEqual([]);
    expect(await names(`type=pods,nodes&group=core&connectionId=${ids[1]!.toUpperCase()}`)).toHaveLength(22);
    expect(await names(`q=${encodeURIComponent('Front web sure')}`)).toEqual(['web-100%_sure']);
  });

  it('are counted by what they are', async () => {
    const { status, body } = await discovery.call(
      'GET',
      '/api/resources/facets?by=connection,type&kind=Pod,Node&limit=1',
    );
    expect(status).toBe(200);
    const { objects, exact, facets } = body as ResourceFacets;
    expect({ objects, exact, facets: facets.map(({ by, values, more }) => ({ by, values, more })) }).toEqual({
      ...{ objects: 44, exact: true },
      facets: [
        { by: 'type', values: [{ value: 'pods', objects: 40 }], more: true },
        { by: 'connection', values: [{ value: [...ids].sort()[0], objects: 22 }], more: true },
      ],
    });
  });

  it('are had one by one', async () => {
    const [service] = (await list('label=app=web,example.com/tier')).items;
    const { status, body } = await discovery.call('GET', `/api/resources/${service!.connectionId}/${service!.uid}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...service, related: { in: expect.any(Array), more: false }, changes: [] });
    const other = await discovery.call('GET', `/api/resources/${service!.connectionId}/${service!.uid}?type=pods`);
    expect(other.status).toBe(404);
    expect(service).toMatchObject({
      clusterUid: clusters[0]!.uid,
      apiVersion: 'v1',
      namespace: 'shop',
      record: { ports: [{ port: 80 }] },
    });
  });

  it.each([
    ['kind=v1.Pod', 400, /kind must be a kind like Pod/],
    ['type=Pods', 400, /type must be a type like pods or deployments.apps/],
    ['group=,', 400, /group must be an API group/],
    ['state=well', 400, /state must be one or more of ready, not-ready, finished, deleting/],
    [`q=${'x'.repeat(201)}`, 400, /q must not have more than 200 characters/],
    ['q=---', 400, /q must be a text with a letter or a digit/],
    ['image=!', 400, /image must be a text with a letter or a digit/],
    [`type=${Array.from({ length: 101 }, () => 'pods').join(',')}`, 400, /up to 100/],
    ['label=%3Dx', 400, /label must be key or key=value/],
    ['label=a==', 400, /label/],
    ['limit=0', 400, /limit/],
    ['limit=501', 400, /limit/],
    ['cursor=nonsense', 400, /cursor/],
    ['connectionId=7', 400, /connectionId/],
    ['flavour=sweet', 400, /flavour/],
    ['name=%00', 400, /name/],
  ])('refuses ?%s with %d', async (query, status, detail) => {
    const answer = await discovery.call('GET', `/api/resources?${query}`);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toMatch(detail);
  });

  it.each([
    ['/api/resources/2f0c5e5e-7a57-4a3b-9d5a-3c8f1f0b6d21/none', 404],
    ['/api/resources/seven/none', 400],
    ['/api/clusters/2f0c5e5e-7a57-4a3b-9d5a-3c8f1f0b6d21', 404],
    ['/api/clusters/seven', 400],
    ['/api/clusters?cursor=nonsense', 400],
  ])('answers %s with %d', async (path, status) => {
    expect((await discovery.call('GET', path)).status).toBe(status);
  });

  it('are not counted by what nobody counts', async () => {
    const answer = await discovery.call('GET', '/api/resources/facets?by=flavour');
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toMatch(/by must be one or more of type, namespace, connection, state/);
  });

  it.each([
    ['a value that is no UUID', ['pods', 'shop', 'x', 'seven', 'uid']],
    ['a null character', ['pods', 'sh\u0000op', 'x', '2f0c5e5e-7a57-4a3b-9d5a-3c8f1f0b6d21', 'uid']],
    ['a number', ['pods', 7, 'x', '2f0c5e5e-7a57-4a3b-9d5a-3c8f1f0b6d21', 'uid']],
  ])('refuse a cursor that somebody made up with %s', async (_name, keys) => {
    const { nextCursor = '' } = await list('limit=1');
    const [of] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString()) as readonly string[];
    const cursor = Buffer.from(JSON.stringify([of, ...keys])).toString('base64url');
    expect((await discovery.call('GET', `/api/resources?cursor=${cursor}`)).status).toBe(400);
  });

  it('are not found by the cursor of another list', async () => {
    const { nextCursor } = (await discovery.call('GET', '/api/clusters?limit=1')).body as ClusterPage;
    expect((await discovery.call('GET', `/api/resources?cursor=${nextCursor}`)).status).toBe(400);
  });
});

describe('the clusters', () => {
  it('come with how they are watched, and how much of which kind they have', async () => {
    const { items, nextCursor } = (await discovery.call('GET', '/api/clusters?limit=1')).body as ClusterPage;
    const rest = (await discovery.call('GET', `/api/clusters?limit=1&cursor=${nextCursor}`)).body as ClusterPage;
    const both: readonly ClusterView[] = [...items, ...rest.items];
    expect(rest.nextCursor).toBeUndefined();
    expect(both.map(({ connectionId }) => connectionId).sort()).toEqual([...ids].sort());
    for (const view of both) {
      expect(view).toMatchObject({ watch: 'live', version: 'v1.35.4', platform: expect.any(String) });
      expect(view.kinds.find(({ kind }) => kind === 'Pod')).toMatchObject({ state: 'watching', objects: 20 });
      expect(view.objects).toBe(view.kinds.reduce((sum, { objects }) => sum + objects, 0));
    }
    expect(BigInt(rest.position)).toBeGreaterThan(0n);
  });
});
