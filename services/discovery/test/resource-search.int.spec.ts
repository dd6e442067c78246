import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResourceChange } from '@mooring/cluster-watch';
import { RESOURCE_FACETS, type ResourceFacet, type ResourcePage, type ResourceState } from '@mooring/contracts';
import { randomUuid } from '@mooring/kernel';
import { migrate, openDatabase, type Database } from '@mooring/read-model';
import { startTestPostgres, type TestPostgres } from '@mooring/testing';
import { sql, type KyselyPlugin } from 'kysely';
import { createFacetQueries } from '../src/adapters/facet-queries.ts';
import { createInventory, type Inventory } from '../src/adapters/inventory.ts';
import { migrations } from '../src/adapters/migrations.ts';
import { createResourceQueries } from '../src/adapters/resource-queries.ts';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';
import { WALKED_MAX } from '../src/adapters/search-pages.ts';
import { createTermStatistics } from '../src/adapters/term-statistics.ts';
import type { ResourceFilter, TermStatistics } from '../src/domain/resource-search.ts';

const AT = new Date('2026-11-21T10:00:00Z');
const FILTER: ResourceFilter = { types: [], kinds: [], groups: [], labels: [], states: [] };
const CONNECTIONS = [randomUuid(), randomUuid(), randomUuid()].sort();

/** What is estimated decides on the way only, so every answer must be the same under all of these. */
const ESTIMATES: Readonly<Record<string, TermStatistics>> = {
  'nothing is frequent': { rows: 1_000_000, share: () => 0, shareOfPart: () => 0 },
  'everything is frequent': { rows: 1_000_000, share: () => 1, shareOfPart: () => 1 },
};

type Upsert = Extract<ResourceChange, { op: 'upsert' }>;

interface Thing {
  readonly connectionId: string;
  readonly type: string;
  readonly record: {
    readonly kind: string;
    readonly uid: string;
    readonly apiVersion: string;
    readonly namespace?: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly images?: readonly string[];
  };
  readonly state: ResourceState | '';
}

/** Of whatever record: what is searched must not depend on what kinds there are. */
const upsertOf = (type: string, record: object, hash = 'h'): Upsert => ({
  ...{ op: 'upsert', type, hash },
  record: record as Upsert['record'],
});

const KINDS = [
  ['pods', 'Pod'],
  ['deployments.apps', 'Deployment'],
  ['gateways.gateway.networking.k8s.io', 'Gateway'],
  ['gateways.networking.istio.io', 'Gateway'],
] as const;
const NAMES = ['checkout', 'check-in_100%', 'basket', 'shipping', 'Überfahrt'];
const STATES = ['ready', 'not-ready', 'finished', 'deleting', ''] as const;
const RECORD_OF: Readonly<Record<(typeof STATES)[number], object>> = {
  ready: { ready: true },
  'not-ready': { ready: false },
  finished: { phase: 'Succeeded' },
  deleting: { deletionTimestamp: '2026-11-21T09:00:00Z' },
  '': {},
};

/** 3 × 4 × 5 × 5 objects, of every combination of cluster, type, name and state. */
const THINGS: readonly Thing[] = CONNECTIONS.flatMap((connectionId, cluster) =>
  KINDS.flatMap(([type, kind], of) =>
    NAMES.flatMap((name, index) =>
      STATES.map((state, step) => ({
        ...{ connectionId, type, state },
        record: {
          ...{ kind, uid: `${type}/${name}/${step}`, apiVersion: 'v1', name: `${name}-${step}` },
          ...(of === 3 ? {} : { namespace: index % 2 === 0 ? 'shop' : 'harbour' }),
          labels: {
            app: name.replaceAll('%', ''),
            'example.com/tier': step < 2 ? 'front-end' : '',
            ...(cluster === 0 && { pilot: 'yes' }),
          },
          ...(of === 0 && {
            node: `worker-${index}`,
            images: [`registry.example:5000/shop/${name}:1.${step}`, 'nginx'],
          }),
          ...(of === 1 && { owner: { kind: 'Fleet', name: 'fleet', uid: `owner-${index}` } }),
          ...RECORD_OF[state],
        },
      })),
    ),
  ),
);

let postgres: TestPostgres;
let db: Database<DiscoveryDatabase>;
let inventory: Inventory;

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
  await migrate(db, migrations);
  inventory = createInventory({ db, systemId: randomUuid() });
  for (const [index, connectionId] of CONNECTIONS.entries()) {
    const writer = { connectionId, epoch: 1 };
    await inventory.takeOver(writer);
    await inventory.note(writer, { uid: `cluster ${index}`, watch: 'live' });
    for (const [type, kind] of KINDS)
      await sql`insert into kind_status (connection_id, type, kind, state, since) values (${connectionId}, ${type}, ${kind}, 'watching', now())`.execute(
        db,
      );
    const own = THINGS.filter((thing) => thing.connectionId === connectionId);
    await inventory.apply(
      writer,
      own.map(({ type, record }) => upsertOf(type, record)),
      AT,
    );
  }
}, 60_000);

afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const keyOf = ({ connectionId, type, record }: Thing): string => `${connectionId} ${type} ${record.uid}`;

async function listed(
  statistics: TermStatistics,
  filter: Partial<ResourceFilter>,
  limit: number,
): Promise<readonly string[]> {
  const queries = createResourceQueries({ db, statistics: () => Promise.resolve(statistics) });
  const found: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages < 400; pages += 1) {
    const page = await queries.list({ ...FILTER, ...filter }, { limit, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items.map(({ connectionId, type, uid }) => `${connectionId} ${type} ${uid}`));
    cursor = page.nextCursor;
    if (cursor === undefined) return found;
  }
  throw new Error('the pages have no end');
}

const bytes = (text: string): Buffer => Buffer.from(text);
const inOrder = (a: Thing, b: Thing): number =>
  Buffer.compare(bytes(a.type), bytes(b.type)) ||
  Buffer.compare(bytes(a.record.namespace ?? ''), bytes(b.record.namespace ?? '')) ||
  Buffer.compare(bytes(a.record.name), bytes(b.record.name)) ||
  Buffer.compare(bytes(a.connectionId), bytes(b.connectionId));

const imagesOf = ({ record }: Thing): readonly string[] => record.images ?? [];

const CASES: readonly (readonly [string, Partial<ResourceFilter>, (thing: Thing) => boolean])[] = [
  ['nothing', {}, () => true],
  ['a connection', { connectionId: CONNECTIONS[1]! }, ({ connectionId }) => connectionId === CONNECTIONS[1]],
  ['a cluster', { clusterUid: 'cluster 2' }, ({ connectionId }) => connectionId === CONNECTIONS[2]],
  ['a cluster that is not the connection', { clusterUid: 'cluster 2', connectionId: CONNECTIONS[0]! }, () => false],
  ['a cluster that nobody knows', { clusterUid: 'nobody' }, () => false],
  ['types', { types: ['pods', 'deployments.apps'] }, ({ type }) => !type.startsWith('gateways')],
  ['a kind of two groups', { kinds: ['Gateway'] }, ({ type }) => type.startsWith('gateways')],
  ['a kind of one group', { kinds: ['Gateway'], groups: ['networking.istio.io'] }, ({ type }) => type === KINDS[3][0]],
  ['the core group', { groups: ['core'] }, ({ type }) => type === 'pods'],
  ['a kind that nobody has', { kinds: ['Harbour'] }, () => false],
  ['a namespace', { namespace: 'shop' }, ({ record }) => record.namespace === 'shop'],
  ['no namespace', { namespace: '' }, ({ record }) => record.namespace === undefined],
  ['a state', { states: ['not-ready'] }, ({ state }) => state === 'not-ready'],
  ['states', { states: ['deleting', 'finished'] }, ({ state }) => state === 'deleting' || state === 'finished'],
  [
    'namespace, state and connection',
    { namespace: 'shop', states: ['ready'], connectionId: CONNECTIONS[0]! },
    ({ record, state, connectionId }) =>
      record.namespace === 'shop' && state === 'ready' && connectionId === CONNECTIONS[0],
  ],
  ['part of a name', { name: 'HECK-' }, ({ record }) => record.name.startsWith('check-')],
  ['part of a name, of two letters', { name: 'k-' }, ({ record }) => record.name.startsWith('check-')],
  ['part of a name, as it is', { name: 'in_100%' }, ({ record }) => record.name.startsWith('check-')],
  ['a word', { text: 'basket' }, ({ record }) => record.name.startsWith('basket')],
  ['the start of a word, in any case', { text: 'ÜBER' }, ({ record }) => record.name.startsWith('Über')],
  [
    'words of name, label and image',
    { text: 'end nginx check' },
    (thing) =>
      thing.type === 'pods' && ['ready', 'not-ready'].includes(thing.state) && thing.record.name.startsWith('check'),
  ],
  ['no word', { text: ' -.' }, () => true],
  ['a word that is nowhere', { text: 'anchor' }, () => false],
  ['a quote', { text: "o'br\\ien" }, () => false],
  [
    'an image',
    { image: 'shop/checkout:1' },
    (thing) => imagesOf(thing).some((image) => image.includes('shop/checkout:1')),
  ],
  ['an image that is a name only', { image: 'harbour' }, () => false],
  ['a label', { labels: [{ key: 'pilot' }] }, ({ connectionId }) => connectionId === CONNECTIONS[0]],
  [
    'labels',
    {
      labels: [
        { key: 'app', value: 'basket' },
        { key: 'example.com/tier', value: '' },
      ],
    },
    ({ record, state }) => record.name.startsWith('basket') && !['ready', 'not-ready'].includes(state),
  ],
  ['a label in another case', { labels: [{ key: 'app', value: 'Basket' }] }, () => false],
  ['a node', { node: 'worker-2' }, ({ type, record }) => type === 'pods' && record.name.startsWith('basket')],
  [
    'an owner',
    { owner: 'owner-0' },
    ({ type, record }) => type === 'deployments.apps' && record.name.startsWith('checkout'),
  ],
  [
    'everything at once',
    { text: 'check', types: ['pods'], states: ['ready'], namespace: 'shop', name: 'out', node: 'worker-0' },
    ({ type, state, record }) => type === 'pods' && state === 'ready' && record.name.startsWith('checkout'),
  ],
];

describe.each(Object.entries(ESTIMATES))('where %s', (_name, statistics) => {
  it.each(CASES)('%s finds just that, in order, however the pages are cut', async (_what, filter, fits) => {
    const expected = THINGS.filter(fits).sort(inOrder).map(keyOf);
    expect(await listed(statistics, filter, 500)).toEqual(expected);
    expect(await listed(statistics, filter, 7)).toEqual(expected);
  });

  it.each(CASES)('%s is counted by what it is', async (_what, filter, fits) => {
    const expected = THINGS.filter(fits);
    const valueOf: Readonly<Record<ResourceFacet, (thing: Thing) => string>> = {
      type: ({ type }) => type,
      namespace: ({ record }) => record.namespace ?? '',
      connection: ({ connectionId }) => connectionId,
      state: ({ state }) => state,
    };
    const queries = createFacetQueries({ db, statistics: () => Promise.resolve(statistics) });
    const counted = await queries.count({ ...FILTER, ...filter }, RESOURCE_FACETS);
    expect(counted).toMatchObject({ objects: expected.length, exact: true });
    for (const { by, values, more } of counted.facets) {
      const groups = Object.entries(Object.groupBy(expected, valueOf[by])).map(([value, of = []]) => ({
        value,
        objects: of.length,
      }));
      expect({ by, values, more }).toEqual({
        ...{ by, more: false },
        values: groups.sort((a, b) => b.objects - a.objects || Buffer.compare(bytes(a.value), bytes(b.value))),
      });
    }
  });
});

describe('the counts', () => {
  const counts = async () => (await sql`select * from resource_count order by 1, 2, 3, 4, 5`.execute(db)).rows;
  const recounted = async () => {
    const { rows } = await sql`
      select 0 as level, connection_id, type, namespace, state, count(*)::integer as objects from resource group by 1, 2, 3, 4, 5
      union all select 1, connection_id, type, '', state, count(*)::integer from resource group by 1, 2, 3, 4, 5
      union all select 2, connection_id, '', namespace, state, count(*)::integer from resource group by 1, 2, 3, 4, 5
      order by 1, 2, 3, 4, 5`.execute(db);
    return rows;
  };

  it('follow whatever is added, changed, removed and erased', async () => {
    const writer = { connectionId: randomUuid(), epoch: 1 };
    await inventory.takeOver(writer);
    const pod = (number: number, ready: boolean): ResourceChange =>
      upsertOf('pods', { kind: 'Pod', uid: `p${number}`, apiVersion: 'v1', name: 'p', labels: {}, ready }, `${ready}`);
    await inventory.apply(writer, [pod(1, true), pod(2, true), pod(3, false)], AT);
    expect(await counts()).toEqual(await recounted());
    await inventory.apply(writer, [pod(1, false), pod(4, false), { op: 'delete', type: 'pods', uid: 'p2' }], AT);
    expect(await counts()).toEqual(await recounted());
    await inventory.erase(writer.connectionId);
    expect(await counts()).toEqual(await recounted());
  });

  it('leave out a cluster that is outdated, and the list does not', async () => {
    const queries = createFacetQueries({ db, statistics: createTermStatistics(db) });
    const filter = { ...FILTER, connectionId: CONNECTIONS[0]! };
    await inventory.note({ connectionId: CONNECTIONS[0]!, epoch: 1 }, { outdated: true, stale_since: AT });
    expect(await queries.count(filter, ['type'])).toMatchObject({ objects: 0, exact: true });
    expect(await queries.count({ ...filter, text: 'basket' }, ['type'])).toMatchObject({ objects: 0, exact: true });
    const list = createResourceQueries({ db, statistics: createTermStatistics(db) });
    expect((await list.list(filter, { limit: 1 })).items).toMatchObject([{ staleSince: AT.toISOString() }]);
    await inventory.note({ connectionId: CONNECTIONS[0]!, epoch: 1 }, { outdated: false, stale_since: null });
  });

  it.each(Object.entries(ESTIMATES))(
    'leave out a kind that is outdated, in whatever way they are had, where %s',
    async (_name, statistics) => {
      const queries = createFacetQueries({ db, statistics: () => Promise.resolve(statistics) });
      const [connectionId, type] = [CONNECTIONS[0]!, 'pods'];
      const old = { connection_id: connectionId, type };
      const isOld = (thing: Thing): boolean => thing.connectionId === connectionId && thing.type === type;
      const set = (outdated: boolean, stale_since: Date | null) =>
        db
          .updateTable('kind_status')
          .set({ outdated, stale_since })
          .where('connection_id', '=', old.connection_id)
          .where('type', '=', old.type)
          .execute();
      await set(true, AT);
      const cases: readonly (readonly [Partial<ResourceFilter>, (thing: Thing) => boolean])[] = [
        [{}, () => true],
        [{ types: ['pods'], connectionId }, ({ type, connectionId: id }) => type === 'pods' && id === connectionId],
        [{ namespace: 'shop' }, ({ record }) => record.namespace === 'shop'],
        [{ namespace: 'shop', types: ['pods'] }, ({ record, type }) => record.namespace === 'shop' && type === 'pods'],
        [{ text: 'basket' }, ({ record }) => record.name.startsWith('basket')],
      ];
      for (const [filter, fits] of cases) {
        const fresh = THINGS.filter(
          (thing) => CONNECTIONS.includes(thing.connectionId) && fits(thing) && !isOld(thing),
        );
        const { objects, facets } = await queries.count({ ...FILTER, ...filter }, RESOURCE_FACETS, 1_000);
        expect({ filter, objects }).toEqual({ filter, objects: fresh.length });
        for (const { by, values } of facets) {
          const total = values.reduce((sum, value) => sum + value.objects, 0);
          expect({ filter, by, total, least: values.every((value) => value.objects > 0) }).toEqual({
            ...{ filter, by, total: fresh.length, least: true },
          });
        }
      }
      const list = createResourceQueries({ db, statistics: createTermStatistics(db) });
      const { items } = await list.list({ ...FILTER, connectionId }, { limit: 500 });
      for (const { type: shown, staleSince } of items)
        expect(staleSince).toBe(shown === type ? AT.toISOString() : undefined);
      await set(false, null);
    },
  );

  it('say when there are more values than were asked for', async () => {
    const queries = createFacetQueries({ db, statistics: createTermStatistics(db) });
    const { facets } = await queries.count(FILTER, ['type'], 2);
    expect(facets).toMatchObject([{ by: 'type', values: [{}, {}], more: true }]);
  });
});

describe('more than is looked at for one answer', () => {
  const MANY = 12_000;
  const connectionId = randomUuid();
  const filter = { connectionId, types: ['barges.example.com'] };

  /** So many barges, of which the last few say so. */
  async function fill(id: string, many: number, last: number): Promise<void> {
    const writer = { connectionId: id, epoch: 1 };
    await inventory.takeOver(writer);
    const changes = Array.from({ length: many }, (_, index) =>
      upsertOf('barges.example.com', {
        ...{ kind: 'Barge', uid: `b${index}`, apiVersion: 'v1', name: `barge-${String(index).padStart(5, '0')}` },
        labels: index >= many - last ? { last: 'yes' } : {},
      }),
    );
    await inventory.apply(writer, changes, AT);
  }

  beforeAll(() => fill(connectionId, MANY, 3), 60_000);

  it('comes in shorter pages that go on, when what fits is far away', async () => {
    const queries = createResourceQueries({
      db,
      statistics: () => Promise.resolve(ESTIMATES['everything is frequent']!),
    });
    const last = { ...FILTER, ...filter, labels: [{ key: 'last' }] };
    const pages: string[][] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page: ResourcePage = await queries.list(last, cursor === '' ? {} : { cursor });
      pages.push(page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    expect(pages.slice(0, -1)).toEqual([[], []]);
    expect(pages.at(-1)).toEqual(['barge-11997', 'barge-11998', 'barge-11999']);
  });

  it('is passed over nowhere, when what was looked at goes before it is known where to go on', async () => {
    const id = randomUuid();
    await fill(id, WALKED_MAX + 20, 20);
    const early = db.deleteFrom('resource').where('connection_id', '=', id).where('name', '<', 'barge-00015');
    const afterwards: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        // Of the statement that found nothing in the first rows.
        if (result.rows.length === 0) await early.execute();
        return result;
      },
    };
    const queries = createResourceQueries({
      db: Object.assign(db.withPlugin(afterwards), { url: db.url }),
      statistics: () => Promise.resolve(ESTIMATES['everything is frequent']!),
    });
    const found: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const last = { ...FILTER, connectionId: id, labels: [{ key: 'last' }] };
      const page: ResourcePage = await queries.list(last, cursor === '' ? {} : { cursor });
      found.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(Array.from({ length: 20 }, (_, index) => `barge-0${WALKED_MAX + index}`));
    expect((await early.executeTakeFirst()).numDeletedRows).toBe(0n);
  }, 60_000);

  it('is listed whole, when it was taken for less', async () => {
    const all = await listed(ESTIMATES['nothing is frequent']!, { ...filter, text: 'barge' }, 500);
    expect(all).toHaveLength(MANY);
    expect(new Set(all).size).toBe(MANY);
  });

  it.each(Object.entries(ESTIMATES))('is counted as at least so many, where %s', async (_name, statistics) => {
    const queries = createFacetQueries({ db, statistics: () => Promise.resolve(statistics) });
    const { objects, exact } = await queries.count({ ...FILTER, ...filter, text: 'barge' }, ['type']);
    expect(exact).toBe(false);
    expect(objects).toBeGreaterThan(2_900);
    expect(await queries.count({ ...FILTER, ...filter }, ['type'])).toMatchObject({ objects: MANY, exact: true });
  });
});

describe('a cursor', () => {
  it('is of the list with the same filter only', async () => {
    const queries = createResourceQueries({ db, statistics: createTermStatistics(db) });
    const { nextCursor } = await queries.list(FILTER, { limit: 3 });
    await expect(queries.list({ ...FILTER, namespace: 'shop' }, { cursor: nextCursor! })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});
