import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResourceChange, ResourceType } from '@mooring/cluster-watch';
import { CHANGES_MAX, RELATED_MAX, type RelatedView } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import { migrate, openDatabase, type Database } from '@mooring/read-model';
import { startTestPostgres, type TestPostgres } from '@mooring/testing';
import { createInventory, type Inventory } from '../src/adapters/inventory.ts';
import { migrations } from '../src/adapters/migrations.ts';
import { createResourceQueries, type ResourceQueries } from '../src/adapters/resource-queries.ts';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';
import { createTermStatistics } from '../src/adapters/term-statistics.ts';

const AT = new Date('2026-11-21T10:00:00Z');
const [HERE, ELSEWHERE] = [randomUuid(), randomUuid()];

type Upsert = Extract<ResourceChange, { op: 'upsert' }>;

const upsert = (type: string, kind: string, name: string, record: object = {}, hash = 'h'): Upsert => ({
  ...{ op: 'upsert', type, hash },
  record: {
    ...{ kind, uid: `${type}/${name}`, apiVersion: type.includes('.apps') ? 'apps/v1' : 'v1', name, labels: {} },
    ...record,
  } as Upsert['record'],
});

const SHOP = { namespace: 'shop' };
const pod = (name: string, app: string, record: object = {}, hash?: string): Upsert =>
  upsert(
    'pods',
    'Pod',
    name,
    {
      ...{ ...SHOP, labels: { app }, images: [], conditions: [], node: 'worker-1', ready: true },
      owner: { kind: 'ReplicaSet', apiVersion: 'apps/v1', name: 'web-1', uid: 'replicasets.apps/web-1' },
      ...record,
    },
    hash,
  );

const OBJECTS: readonly Upsert[] = [
  upsert('nodes', 'Node', 'worker-1', { conditions: [], addresses: [], capacity: {} }),
  upsert('replicasets.apps', 'ReplicaSet', 'web-1', SHOP),
  upsert('services', 'Service', 'web', { ...SHOP, ports: [], selector: { app: 'web' } }),
  upsert('services', 'Service', 'idle', { ...SHOP, ports: [], selector: { app: 'nobody' } }),
  upsert('services', 'Service', 'other', { namespace: 'harbour', ports: [], selector: { app: 'web' } }),
  pod('web-1-a', 'web'),
  pod('web-1-b', 'web', { ready: false }),
  pod('lonely', 'lonely', { node: 'worker-9', owner: undefined }),
  upsert('gateways.networking.istio.io', 'Gateway', 'front', {
    ...SHOP,
    apiVersion: 'networking.istio.io/v1',
    ...{ servers: [], selector: { istio: "ingress'gateway" } },
  }),
  pod('ingress-1', 'ingress', {
    ...{
      namespace: 'istio-system',
      labels: { app: 'ingress', istio: "ingress'gateway" },
      node: 'worker-3',
      owner: undefined,
    },
  }),
  pod('ingress-2', 'ingress', {
    namespace: 'istio-system',
    labels: { istio: 'other' },
    node: 'worker-3',
    owner: undefined,
  }),
  upsert('services', 'Service', "ingress'gateway", { namespace: 'istio-system', labels: { istio: "ingress'gateway" } }),
  upsert('persistentvolumeclaims', 'PersistentVolumeClaim', 'disk', { ...SHOP, selector: { speed: 'fast' } }),
  upsert('persistentvolumes', 'PersistentVolume', 'ssd', { labels: { speed: 'fast' } }),
  upsert('httproutes.gateway.networking.k8s.io', 'HTTPRoute', 'ask', {
    ...{ ...SHOP, apiVersion: 'gateway.networking.k8s.io/v1', parents: [], hostnames: [] },
    rules: [{ backends: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name: 'llm' }], matches: [] }],
  }),
  upsert('inferencepools.inference.networking.k8s.io', 'InferencePool', 'llm', SHOP),
];

/** As the catalog of a cluster gives it, as far as the inventory keeps it. */
const typeOf = (groupResource: string): ResourceType => {
  const kind = OBJECTS.find(({ type }) => type === groupResource)?.record.kind ?? '';
  const [resource = '', ...group] = groupResource.split('.');
  return {
    ...{ groupResource, group: group.join('.'), version: 'v1', resource, kind, namespaced: true },
    ...{ tier: 'everything', depth: 'record' },
  };
};

let postgres: TestPostgres;
let db: Database<DiscoveryDatabase>;
let inventory: Inventory;
let queries: ResourceQueries;

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
  await migrate(db, migrations);
  inventory = createInventory({ db, systemId: randomUuid() });
  queries = createResourceQueries({ db, statistics: createTermStatistics(db) });
  for (const connectionId of [HERE, ELSEWHERE]) {
    await inventory.takeOver({ connectionId, epoch: 1 });
    for (const type of new Set(OBJECTS.map((object) => object.type)))
      await inventory.noteKind({ connectionId, epoch: 1 }, typeOf(type), {
        ...{ state: 'watching', since: AT.toISOString(), count: 0, leftOut: 0 },
      });
    await inventory.apply({ connectionId, epoch: 1 }, OBJECTS, AT);
  }
}, 60_000);

afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const find = async (uid: string) => {
  const view = await queries.find(HERE, uid);
  if (view === undefined) throw new Error(`${uid} is not there`);
  return view;
};
const said = (related: readonly RelatedView[]): readonly string[] =>
  related
    .map(
      ({ relation, kind, name = '?', uid }) => `${relation} ${kind} ${name}${uid === undefined ? ' (not there)' : ''}`,
    )
    .sort();

describe('one object', () => {
  it('comes with what it points at, by UID, name and labels, in its own cluster and namespace only', async () => {
    expect(said((await find('pods/web-1-a')).related.out)).toEqual(['owner ReplicaSet web-1', 'runs-on Node worker-1']);
    const { related } = await find('services/web');
    expect(said(related.out)).toEqual(['selects Pod web-1-a', 'selects Pod web-1-b']);
    expect(related.out.find(({ name }) => name === 'web-1-b')).toMatchObject({
      ...{ type: 'pods', namespace: 'shop', state: 'not-ready', selector: { app: 'web' } },
    });
    expect(related.more).toBe(false);
  });

  it('comes with what it selects in all namespaces, and those with it', async () => {
    const gateway = await find('gateways.networking.istio.io/front');
    expect(said(gateway.related.out)).toEqual(['selects Pod ingress-1']);
    expect(gateway.related.out[0]).toMatchObject({ namespace: 'istio-system', selector: { istio: "ingress'gateway" } });
    expect(said((await find('pods/ingress-1')).related.in)).toEqual(['selects Gateway front']);
    expect(said((await find('pods/ingress-2')).related.in)).toEqual([]);
    expect(said((await find('persistentvolumeclaims/disk')).related.out)).toEqual(['selects PersistentVolume ssd']);
    expect(said((await find('persistentvolumes/ssd')).related.in)).toEqual(['selects PersistentVolumeClaim disk']);
  });

  it('comes with what it names of a kind whose type it does not know, and that with it', async () => {
    const route = await find('httproutes.gateway.networking.k8s.io/ask');
    expect(said(route.related.out)).toEqual(['routes-to InferencePool llm']);
    const pool = await find('inferencepools.inference.networking.k8s.io/llm');
    expect(route.related.out[0]).toMatchObject({ type: pool.type, uid: pool.uid });
    expect(said(pool.related.in)).toEqual(['routes-to HTTPRoute ask']);
  });

  it('names what is not there, and says that nothing is', async () => {
    expect(said((await find('pods/lonely')).related.out)).toEqual(['runs-on Node worker-9 (not there)']);
    expect(said((await find('services/idle')).related.out)).toEqual(['selects Pod ? (not there)']);
  });

  it('comes with what points at it', async () => {
    expect(said((await find('pods/web-1-a')).related.in)).toEqual(['selects Service web']);
    expect(said((await find('nodes/worker-1')).related.in)).toEqual(['runs-on Pod web-1-a', 'runs-on Pod web-1-b']);
    expect(said((await find('replicasets.apps/web-1')).related.in)).toEqual(['owner Pod web-1-a', 'owner Pod web-1-b']);
  });

  it('comes with what happened to it lately, the newest first', async () => {
    const writer = { connectionId: HERE, epoch: 1 };
    await inventory.note(writer, { watch: 'live', snapshot_at: AT });
    for (let time = 1; time <= CHANGES_MAX + 5; time += 1)
      await inventory.apply(
        writer,
        [pod('web-1-a', 'web', { ready: time % 2 === 0 }, `h${time}`)],
        new Date(AT.getTime() + time * 1_000),
      );
    const { changes, state } = await find('pods/web-1-a');
    expect(state).toBe('not-ready');
    expect(changes).toHaveLength(CHANGES_MAX);
    expect(changes[0]).toEqual({
      at: new Date(AT.getTime() + (CHANGES_MAX + 5) * 1_000).toISOString(),
      op: 'changed',
      fields: ['ready'],
      hashBefore: `h${CHANGES_MAX + 4}`,
      hashAfter: `h${CHANGES_MAX + 5}`,
    });
  });

  it('that very many point at comes with the first of them, and says that there are more', async () => {
    const many = Array.from({ length: RELATED_MAX + 1 }, (_, index) =>
      pod(`crowd-${String(index).padStart(3, '0')}`, 'crowd', { node: 'worker-2' }),
    );
    await inventory.apply({ connectionId: HERE, epoch: 1 }, [...many, upsert('nodes', 'Node', 'worker-2')], AT);
    const { related } = await find('nodes/worker-2');
    expect(related.in).toHaveLength(RELATED_MAX);
    expect(related.more).toBe(true);
    expect(related.in[0]).toMatchObject({ name: 'crowd-000' });
  });

  it('of two types is the one that is asked for', async () => {
    await inventory.apply(
      { connectionId: HERE, epoch: 1 },
      [
        {
          ...upsert('ingresses.extensions', 'Ingress', 'door'),
          record: { ...upsert('x', 'Ingress', 'door').record, uid: 'same' },
        },
        {
          ...upsert('ingresses.networking.k8s.io', 'Ingress', 'door'),
          record: { ...upsert('x', 'Ingress', 'door').record, uid: 'same' },
        },
      ] as Upsert[],
      AT,
    );
    expect((await queries.find(HERE, 'same'))?.type).toBe('ingresses.extensions');
    expect((await queries.find(HERE, 'same', 'ingresses.networking.k8s.io'))?.type).toBe('ingresses.networking.k8s.io');
    expect(await queries.find(HERE, 'same', 'pods')).toBeUndefined();
  });
});
