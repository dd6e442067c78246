import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BASIC_TYPES,
  bucketOf,
  digestOf,
  rootOf,
  type KindState,
  type ResourceChange,
  type ResourceType,
} from '@mooring/cluster-watch';
import { randomUuid } from '@mooring/kernel';
import { migrate, openDatabase, type Database } from '@mooring/read-model';
import { startTestPostgres, type TestPostgres } from '@mooring/testing';
import { createInventory, type Inventory, type Writer } from '../src/adapters/inventory.ts';
import { forgetChanges, markKindsOutdated, markOutdated } from '../src/adapters/keep-inventory.ts';
import { migrations } from '../src/adapters/migrations.ts';
import { placeChanged } from '../src/adapters/place-clusters.ts';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';

let postgres: TestPostgres;
let db: Database<DiscoveryDatabase>;
let inventory: Inventory;

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
  await migrate(db, migrations);
  inventory = createInventory({ db, systemId: randomUuid() });
}, 60_000);

afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const AT = new Date('2026-11-21T10:00:00Z');

const upsert = (name: string, extra: object = {}, hash = `hash of ${name}`): ResourceChange => ({
  op: 'upsert',
  type: 'namespaces',
  hash,
  record: { kind: 'Namespace', uid: `uid of ${name}`, apiVersion: 'v1', name, labels: {}, ...extra },
});

async function knownOf(connectionId: string): Promise<readonly string[]> {
  const uids: string[] = [];
  const known = inventory.known(connectionId);
  for (const type of (await known.roots()).keys())
    for await (const { uid } of known.objects(type, [...(await known.digest(type)).keys()])) uids.push(uid);
  return uids;
}

async function begun(): Promise<Writer> {
  const writer = { connectionId: randomUuid(), epoch: 1 };
  await inventory.takeOver(writer);
  return writer;
}

const TABLES = ['cluster', 'resource', 'relation', 'resource_change', 'inventory_outbox'] as const;

const everythingOf = (connectionId: string) =>
  Promise.all(
    TABLES.map((table) => db.selectFrom(table).selectAll().where('connection_id', '=', connectionId).execute()),
  );

const sorted = <T>(digest: ReadonlyMap<number, T> | undefined) => [...(digest ?? [])].sort(([a], [b]) => a - b);

const NAMESPACES = BASIC_TYPES.find(({ groupResource }) => groupResource === 'namespaces') as ResourceType;

const SERVICE = {
  kind: 'Service',
  uid: 'svc',
  apiVersion: 'v1',
  namespace: 'shop',
  name: 'web',
  labels: {},
  ports: [],
};

const CONFLICT = expect.objectContaining({ code: 'conflict' });

describe('the inventory', () => {
  it('takes nothing from a watch when a newer one has begun', async () => {
    const connectionId = randomUuid();
    const older = { connectionId, epoch: 1 };
    await inventory.takeOver(older);
    await inventory.apply(older, [upsert('a')], AT);
    await inventory.takeOver({ connectionId, epoch: 2 });
    await expect(
      inventory.apply(older, [upsert('b'), { op: 'delete', type: 'namespaces', uid: 'uid of a' }], AT),
    ).rejects.toEqual(CONFLICT);
    await expect(inventory.note(older, { watch: 'live' })).rejects.toEqual(CONFLICT);
    await expect(inventory.takeOver(older)).rejects.toEqual(CONFLICT);
    expect(await knownOf(connectionId)).toEqual(['uid of a']);
  });

  it('takes nothing for a connection that is erased', async () => {
    const writer = { connectionId: randomUuid(), epoch: 1 };
    await inventory.takeOver(writer);
    await inventory.apply(writer, [upsert('a')], AT);
    await inventory.erase(writer.connectionId);
    await expect(inventory.apply(writer, [upsert('b')], AT)).rejects.toEqual(CONFLICT);
    expect(await knownOf(writer.connectionId)).toEqual([]);
  });

  it('keeps one row per object, however often it comes', async () => {
    const writer = { connectionId: randomUuid(), epoch: 1 };
    await inventory.takeOver(writer);
    for (let time = 0; time < 3; time += 1) await inventory.apply(writer, [upsert('a'), upsert('b')], AT);
    await inventory.apply(writer, [{ op: 'delete', type: 'namespaces', uid: 'uid of b' }], AT);
    expect(await knownOf(writer.connectionId)).toEqual(['uid of a']);
  });

  it('keeps what PostgreSQL cannot store as it can', async () => {
    const writer = { connectionId: randomUuid(), epoch: 1 };
    await inventory.takeOver(writer);
    const odd = { labels: { app: 'a\u0000b' }, phase: 'half \ud800 pair', creationTimestamp: 'yesterday' };
    await inventory.apply(writer, [upsert('odd', odd)], AT);
    const row = await db
      .selectFrom('resource')
      .select(['labels', 'record', 'created_at'])
      .where('connection_id', '=', writer.connectionId)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ labels: { app: 'a\uFFFDb' }, record: { phase: 'half \uFFFD pair' }, created_at: null });
  });

  it('keeps the same object of two types apart', async () => {
    const writer = await begun();
    const both = ['events', 'events.events.k8s.io'].map((type) => ({ ...upsert('a'), type }));
    await inventory.apply(writer, both, AT);
    await inventory.apply(writer, [{ op: 'delete', type: 'events', uid: 'uid of a' }], AT);
    const known = inventory.known(writer.connectionId);
    expect([...(await known.roots()).keys()]).toEqual(['events.events.k8s.io']);
    expect(await known.digest('events')).toEqual(new Map());
  });

  it('gives the digest and the root that the library computes of the same objects', async () => {
    const writer = await begun();
    const names = Array.from({ length: 1_500 }, (_none, index) => `object ${index}`);
    await inventory.apply(
      writer,
      names.map((name) => upsert(name)),
      AT,
    );
    await inventory.apply(
      writer,
      names.slice(0, 700).map((name) => upsert(name, {}, 'another hash')),
      AT,
    );
    await inventory.apply(
      writer,
      names.slice(600, 800).map((name) => ({ op: 'delete', type: 'namespaces', uid: `uid of ${name}` })),
      AT,
    );
    const expected = new Map<number, { xor: bigint; count: number }>();
    for (const [index, name] of names.entries()) {
      if (index >= 600 && index < 800) continue;
      const uid = `uid of ${name}`;
      const before = expected.get(bucketOf(uid)) ?? { xor: 0n, count: 0 };
      const one = digestOf(uid, index < 600 ? 'another hash' : `hash of ${name}`);
      expected.set(bucketOf(uid), { xor: before.xor ^ one, count: before.count + 1 });
    }
    const known = inventory.known(writer.connectionId);
    expect(sorted(await known.digest('namespaces'))).toEqual(sorted(expected));
    expect(expected.size).toBeGreaterThan(200);
    expect(await known.roots()).toEqual(new Map([['namespaces', rootOf(expected)]]));
  });

  it('tells in which namespace each object lies; of a namespace, its own', async () => {
    const writer = await begun();
    const web = { op: 'upsert', type: 'services', hash: 'web', record: SERVICE } as ResourceChange;
    const node = { ...upsert('n'), type: 'nodes' };
    await inventory.apply(writer, [upsert('shop'), web, node], AT);
    const known = inventory.known(writer.connectionId);
    const all = [...Array(256).keys()];
    const told: unknown[] = [];
    for (const type of ['namespaces', 'nodes', 'services'])
      for await (const each of known.objects(type, all)) told.push(each);
    expect(told).toEqual([
      { type: 'namespaces', uid: 'uid of shop', hash: 'hash of shop', namespace: 'shop' },
      { type: 'nodes', uid: 'uid of n', hash: 'hash of n' },
      { type: 'services', uid: 'svc', hash: 'web', namespace: 'shop' },
    ]);
  });

  it('writes nothing for content that it has already', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a'), upsert('b')], AT);
    const before = await everythingOf(writer.connectionId);
    await inventory.apply(writer, [upsert('a'), upsert('b')], new Date('2026-11-21T11:00:00Z'));
    await inventory.apply(writer, [{ op: 'delete', type: 'namespaces', uid: 'uid of nobody' }], AT);
    expect(await everythingOf(writer.connectionId)).toEqual(before);
  });

  it('counts the objects of each kind as they come and go', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('early')], AT);
    await inventory.noteKind(writer, NAMESPACES, { state: 'listing', since: AT.toISOString(), count: 0, leftOut: 0 });
    await inventory.apply(writer, [upsert('a'), upsert('b'), upsert('c')], AT);
    await inventory.apply(
      writer,
      [upsert('a', {}, 'other'), { op: 'delete', type: 'namespaces', uid: 'uid of b' }],
      AT,
    );
    await inventory.noteKind(writer, NAMESPACES, { state: 'watching', since: AT.toISOString(), count: 7, leftOut: 2 });
    const kinds = await db
      .selectFrom('kind_status')
      .selectAll()
      .where('connection_id', '=', writer.connectionId)
      .execute();
    expect(kinds).toEqual([
      expect.objectContaining({ type: 'namespaces', objects: 3, left_out: 2, state: 'watching' }),
    ]);
  });

  it('ends kinds that are not found and of which it has nothing, where that could be told', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    const boats = { ...NAMESPACES, groupResource: 'boats.harbour.example', kind: 'Boat' };
    for (const type of [NAMESPACES, boats])
      await inventory.noteKind(writer, type, { state: 'failing', since: AT.toISOString(), count: 0, leftOut: 1 });
    const states = async (types: readonly string[], staleGroups: readonly string[]) => {
      await inventory.noteSnapshot(writer, { types, staleGroups }, AT);
      const kinds = await db
        .selectFrom('kind_status')
        .select(['type', 'state', 'left_out', 'stale_since'])
        .where('connection_id', '=', writer.connectionId)
        .orderBy('type')
        .execute();
      return kinds.map(({ type, state, left_out, stale_since }) => [type, state, left_out, stale_since === null]);
    };
    const kept = ['namespaces', 'failing', 1, false];
    const failing = ['boats.harbour.example', 'failing', 1, false];
    expect(await states(['boats.harbour.example'], [])).toEqual([failing, kept]);
    expect(await states([], ['harbour.example'])).toEqual([failing, kept]);
    expect(await states([], ['*'])).toEqual([failing, kept]);
    expect(await states([], ['example'])).toEqual([['boats.harbour.example', 'removed', 0, true], kept]);
    const newer = { ...writer, epoch: 2 };
    await inventory.takeOver(newer);
    await expect(inventory.noteSnapshot(writer, { types: [], staleGroups: [] }, AT)).rejects.toMatchObject({
      code: 'conflict',
    });
    await inventory.erase(writer.connectionId);
  });

  it('remembers what happened to an object, but not what was there at first', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a', { labels: { app: 'x' }, phase: 'Active' })], AT);
    await inventory.note(writer, { watch: 'live', snapshot_at: AT, last_seen_at: AT });
    await inventory.apply(writer, [upsert('a', { labels: { app: 'y' }, phase: 'Gone', extra: 1 }, 'second')], AT);
    await inventory.apply(writer, [upsert('b')], AT);
    await inventory.apply(writer, [{ op: 'delete', type: 'namespaces', uid: 'uid of a' }], AT);
    const changes = await db
      .selectFrom('resource_change')
      .select(['name', 'op', 'batch', 'fields', 'hash_before', 'hash_after'])
      .where('connection_id', '=', writer.connectionId)
      .orderBy('id')
      .execute();
    expect(changes).toEqual([
      {
        name: 'a',
        op: 'changed',
        batch: 2n,
        fields: ['extra', 'labels', 'phase'],
        hash_before: 'hash of a',
        hash_after: 'second',
      },
      { name: 'b', op: 'added', batch: 3n, fields: [], hash_before: null, hash_after: 'hash of b' },
      { name: 'a', op: 'removed', batch: 4n, fields: [], hash_before: 'second', hash_after: null },
    ]);
  });

  it('takes what is there of a kind when that is first read, however late, for no change', async () => {
    const writer = await begun();
    const kind = (state: KindState) =>
      inventory.noteKind(writer, NAMESPACES, { state, since: AT.toISOString(), count: 0, leftOut: 0 });
    const changes = async () =>
      (
        await db
          .selectFrom('resource_change')
          .select(['name', 'op'])
          .where('connection_id', '=', writer.connectionId)
          .orderBy('id')
          .execute()
      ).map(({ name, op }) => `${op} ${name}`);
    await kind('forbidden');
    await inventory.note(writer, { watch: 'live', snapshot_at: AT, last_seen_at: AT });
    await kind('listing');
    await inventory.apply(writer, [upsert('a'), { ...upsert('node'), type: 'nodes' }], AT);
    await kind('watching');
    await inventory.apply(writer, [upsert('b')], AT);
    await kind('forbidden');
    await kind('listing');
    await inventory.apply(writer, [upsert('c')], AT);
    expect(await changes()).toEqual(['added node', 'added b', 'added c']);
    await inventory.apply(writer, [{ op: 'delete', type: 'namespaces', uid: 'uid of a' }], AT);
    await kind('removed');
    await kind('listing');
    await inventory.apply(writer, [upsert('a')], AT);
    expect((await changes()).slice(3)).toEqual(['removed a']);
  });

  it('keeps what objects say about others, and no more than they say now', async () => {
    const writer = await begun();
    const service = (selector: object, hash: string, owner?: object): ResourceChange =>
      ({
        op: 'upsert',
        type: 'services',
        hash,
        record: { ...SERVICE, selector, ...(owner === undefined ? {} : { owner }) },
      }) as ResourceChange;
    const relations = async () =>
      db
        .selectFrom('relation')
        .select(['relation', 'to_kind', 'to_type', 'to_namespace', 'to_name', 'to_uid', 'selector'])
        .where('connection_id', '=', writer.connectionId)
        .orderBy('relation')
        .execute();
    const none = { to_name: null, to_uid: null, selector: null };
    const selects = { ...none, relation: 'selects', to_kind: 'Pod', to_type: 'pods', to_namespace: 'shop' };
    await inventory.apply(
      writer,
      [
        service({ app: 'web' }, '1', {
          kind: 'Gateway',
          name: 'front',
          uid: 'g',
          apiVersion: 'networking.istio.io/v1',
        }),
      ],
      AT,
    );
    expect(await relations()).toEqual([
      expect.objectContaining({ relation: 'owner', to_kind: 'Gateway', to_name: 'front', to_uid: 'g' }),
      { ...selects, selector: { app: 'web' } },
    ]);
    await inventory.apply(writer, [service({ app: 'api' }, '2')], AT);
    expect(await relations()).toEqual([{ ...selects, selector: { app: 'api' } }]);
    await inventory.apply(writer, [{ op: 'delete', type: 'services', uid: 'svc' }], AT);
    expect(await relations()).toEqual([]);
  });

  it('says since when what it has is old, until it is followed again', async () => {
    const writer = await begun();
    const staleness = async () =>
      db
        .selectFrom('cluster')
        .select(['stale_since', 'outdated'])
        .where('connection_id', '=', writer.connectionId)
        .executeTakeFirstOrThrow();
    await inventory.note(writer, { watch: 'away' });
    expect(await staleness()).toEqual({ stale_since: null, outdated: false });
    await inventory.note(writer, { watch: 'live', snapshot_at: AT, last_seen_at: AT });
    await inventory.note(writer, { watch: 'away' });
    await inventory.note(writer, { watch: 'looking', last_seen_at: new Date() });
    await inventory.note(writer, { watch: 'snapshot' });
    expect(await staleness()).toEqual({ stale_since: AT, outdated: false });
    const hour = 3_600_000;
    expect(await markOutdated(db, hour, new Date(AT.getTime() + hour - 1))).toEqual([]);
    expect(await markOutdated(db, hour, new Date(AT.getTime() + hour + 1))).toEqual([writer.connectionId]);
    expect(await staleness()).toEqual({ stale_since: AT, outdated: true });
    await inventory.note(writer, { watch: 'live' });
    expect(await staleness()).toEqual({ stale_since: null, outdated: false });
  });

  it('says of each kind since when it is old: since it is not followed, or since its cluster was not', async () => {
    const writer = await begun();
    await inventory.apply(writer, [upsert('a')], AT);
    const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000);
    const after = async (state: KindState, minutes: number) => {
      const status = { state, since: later(minutes).toISOString(), count: 1, leftOut: 0 };
      await inventory.noteKind(writer, NAMESPACES, status);
      return db
        .selectFrom('kind_status')
        .select(['stale_since', 'outdated'])
        .where('connection_id', '=', writer.connectionId)
        .executeTakeFirstOrThrow();
    };
    const fresh = { stale_since: null, outdated: false };
    expect(await after('listing', 0)).toEqual(fresh);
    expect(await after('watching', 1)).toEqual(fresh);
    expect(await after('failing', 2)).toEqual({ stale_since: later(2), outdated: false });
    expect(await after('listing', 3)).toEqual({ stale_since: later(2), outdated: false });
    expect(await after('forbidden', 4)).toEqual({ stale_since: later(2), outdated: false });
    expect(await markKindsOutdated(db, 60_000, later(3))).toEqual([]);
    const own = { connection_id: writer.connectionId, type: 'namespaces' };
    expect(await markKindsOutdated(db, 60_000, later(3.1))).toEqual([own]);
    expect(await after('missing', 5)).toEqual({ stale_since: later(2), outdated: true });
    expect(await after('watching', 6)).toEqual(fresh);
    await inventory.note(writer, { watch: 'live', snapshot_at: AT, last_seen_at: AT });
    await inventory.note(writer, { watch: 'away' });
    expect(await after('forbidden', 9)).toEqual({ stale_since: AT, outdated: false });
    expect(await after('removed', 10)).toEqual(fresh);
  });

  it('what comes to a kind that could not be followed and of which there was nothing is not old', async () => {
    const writer = await begun();
    const note = (state: KindState, at: Date) =>
      inventory.noteKind(writer, NAMESPACES, { state, since: at.toISOString(), count: 0, leftOut: 0 });
    const hour = 3_600_000;
    const later = new Date(AT.getTime() + 2 * hour);
    await note('forbidden', AT);
    await note('listing', later);
    await inventory.apply(writer, [upsert('a')], later);
    expect(await markKindsOutdated(db, hour, later)).toEqual([]);
    const staleness = () =>
      db
        .selectFrom('kind_status')
        .select(['stale_since', 'outdated'])
        .where('connection_id', '=', writer.connectionId)
        .executeTakeFirstOrThrow();
    expect(await staleness()).toEqual({ stale_since: null, outdated: false });
    await note('failing', later);
    expect(await staleness()).toEqual({ stale_since: later, outdated: false });
  });

  it('a kind that is read whole now and then is as old as what was read last, and what comes with it is a recent change', async () => {
    const writer = await begun();
    const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000);
    const after = async (state: KindState, minutes: number, readAt?: Date) => {
      const status = { state, since: later(minutes).toISOString(), count: 1, leftOut: 0 };
      await inventory.noteKind(writer, NAMESPACES, {
        ...status,
        ...(readAt === undefined ? {} : { readAt: readAt.toISOString() }),
      });
      return db
        .selectFrom('kind_status')
        .select(['stale_since', 'outdated', 'read_once'])
        .where('connection_id', '=', writer.connectionId)
        .executeTakeFirstOrThrow();
    };
    await after('listing', 0);
    await inventory.apply(writer, [upsert('a')], later(0));
    expect(await after('failing', 1)).toEqual({ stale_since: later(1), outdated: false, read_once: false });
    expect(await markKindsOutdated(db, 60_000, later(3))).toHaveLength(1);
    expect(await after('failing', 4, AT)).toEqual({ stale_since: later(1), outdated: true, read_once: true });
    expect(await after('listing', 5, AT)).toEqual({ stale_since: later(1), outdated: true, read_once: true });
    expect(await after('failing', 6, later(5))).toEqual({ stale_since: later(5), outdated: false, read_once: true });
    expect(await after('removed', 7, later(5))).toEqual({ stale_since: null, outdated: false, read_once: false });
  });

  it('tells where the nodes are once all are in, and again when they come, change or go; never one place of several', async () => {
    const writer = await begun();
    const node = (name: string, providerId: string, region: string): ResourceChange => ({
      ...upsert(name, { labels: { 'topology.kubernetes.io/region': region }, providerId }, providerId + region),
      type: 'nodes',
    });
    const place = async () => {
      const placed = (await placeChanged(db)).includes(writer.connectionId);
      const row = await db
        .selectFrom('cluster')
        .select('place')
        .where('connection_id', '=', writer.connectionId)
        .executeTakeFirstOrThrow();
      return placed ? row.place : 'as before';
    };
    await inventory.apply(writer, [node('a', 'aws:///a', 'eu-west-1')], AT);
    await inventory.noteTier(writer, 'identity', AT);
    expect(await place()).toBe('as before');
    await inventory.noteTier(writer, 'workloads', AT);
    const one = { provider: 'aws', providers: ['aws'], region: 'eu-west-1', regions: ['eu-west-1'], zones: [] };
    expect(await place()).toEqual(one);
    await inventory.apply(writer, [upsert('shop'), node('a', 'aws:///a', 'eu-west-1')], AT);
    expect(await place()).toBe('as before');
    await inventory.apply(writer, [node('b', 'aws:///b', 'eu-west-1')], AT);
    expect(await place()).toEqual(one);
    await inventory.apply(writer, [node('b', 'hcloud://b', 'fsn1')], AT);
    expect(await place()).toEqual({ providers: ['aws', 'hetzner'], regions: ['eu-west-1', 'fsn1'], zones: [] });
    await inventory.apply(writer, [{ op: 'delete', type: 'nodes', uid: 'uid of b' }], AT);
    expect(await place()).toEqual(one);
  });

  it('notes when each tier was reached, anew on every link', async () => {
    const writer = await begun();
    const later = new Date('2026-11-21T10:00:05Z');
    await inventory.noteTier(writer, 'identity', AT);
    await inventory.noteTier(writer, 'workloads', later);
    const tiers = async () =>
      (
        await db
          .selectFrom('cluster')
          .select('tiers')
          .where('connection_id', '=', writer.connectionId)
          .executeTakeFirst()
      )?.tiers;
    expect(await tiers()).toEqual({ identity: AT.toISOString(), workloads: later.toISOString() });
    await inventory.noteTier(writer, 'identity', later);
    expect(await tiers()).toEqual({ identity: later.toISOString() });
  });
});

describe('recent changes', () => {
  it('are forgotten by age, and by number', async () => {
    const writer = await begun();
    await inventory.note(writer, { watch: 'live', snapshot_at: AT });
    await db.deleteFrom('resource_change').execute();
    for (const [index, hour] of [8, 9, 10, 11].entries())
      await inventory.apply(writer, [upsert(`at ${hour}`)], new Date(Date.UTC(2026, 10, 21, hour, index)));
    const left = async () =>
      (await db.selectFrom('resource_change').select('name').orderBy('id').execute()).map(({ name }) => name);
    const now = new Date('2026-11-21T11:10:00Z');
    const { signal } = new AbortController();
    expect(await forgetChanges(db, { ageMsMax: 2 * 3_600_000, rowsMax: 1_000 }, now, signal)).toBe(2);
    expect(await left()).toEqual(['at 10', 'at 11']);
    expect(await forgetChanges(db, { ageMsMax: 2 * 3_600_000, rowsMax: 1 }, now, signal)).toBe(1);
    expect(await left()).toEqual(['at 11']);
  });
});
