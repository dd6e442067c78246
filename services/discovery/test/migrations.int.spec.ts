import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bucketOf, digestOf, rootOf } from '@mooring/cluster-watch';
import { randomUuid } from '@mooring/kernel';
import { migrate, openDatabase } from '@mooring/read-model';
import { startTestPostgres, type TestPostgres } from '@mooring/testing';
import { sql } from 'kysely';
import { createInventory } from '../src/adapters/inventory.ts';
import { migrations } from '../src/adapters/migrations.ts';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
}, 60_000);

afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
});

const only = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(migrations).filter(([name]) => names.includes(name)));

const KINDS = { Pod: 'pods', Deployment: 'deployments.apps', EndpointSlice: 'endpointslices.discovery.k8s.io' };

describe('an inventory of the first version', () => {
  it('is kept: every object gets its type and digest, every kind its count, and nothing is taken for new', async () => {
    await using db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
    await migrate(db, only('0001-discovery'));
    const connectionId = randomUuid();
    await sql`insert into cluster (connection_id, epoch, watch, snapshot_at, last_seen_at)
      values (${connectionId}, 3, 'away', '2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z')`.execute(db);
    for (const kind of Object.keys(KINDS)) {
      await sql`insert into kind_status (connection_id, kind, state, since)
        values (${connectionId}, ${kind}, 'watching', '2026-11-20T10:00:00Z')`.execute(db);
      await sql`insert into resource
          (connection_id, uid, kind, api_version, namespace, name, labels, record, hash, observed_at)
        select ${connectionId}, ${kind} || ' ' || number, ${kind}, 'v1', 'shop', ${kind} || number, '{}', '{}', 'hash ' || number, now()
        from generate_series(1, 4000) as number`.execute(db);
    }

    await migrate(db, migrations);

    const known = createInventory({ db, systemId: randomUuid() }).known(connectionId);
    const roots = await known.roots();
    for (const [kind, type] of Object.entries(KINDS)) {
      const found: string[] = [];
      const expected = new Map<number, bigint>();
      for (let number = 1; number <= 4000; number += 1) {
        const bucket = bucketOf(`${kind} ${number}`);
        expected.set(bucket, (expected.get(bucket) ?? 0n) ^ digestOf(`${kind} ${number}`, `hash ${number}`));
      }
      const digest = await known.digest(type);
      expect(roots.get(type)).toEqual(rootOf(digest));
      for (const [bucket, xor] of expected) expect(digest.get(bucket)?.xor).toBe(xor);
      for await (const { uid } of known.objects(type, [...expected.keys()])) found.push(uid);
      expect(found.length).toBe(4000);
      expect(new Set(found).size).toBe(4000);
    }
    expect(await db.selectFrom('kind_status').select(['type', 'kind', 'objects']).orderBy('type').execute()).toEqual([
      { type: 'deployments.apps', kind: 'Deployment', objects: 4000 },
      { type: 'endpointslices.discovery.k8s.io', kind: 'EndpointSlice', objects: 4000 },
      { type: 'pods', kind: 'Pod', objects: 4000 },
    ]);
    expect(await db.selectFrom('cluster').select(['batch', 'stale_since', 'outdated']).execute()).toEqual([
      { batch: 0n, stale_since: new Date('2026-11-20T11:00:00Z'), outdated: false },
    ]);
  }, 60_000);
});

describe('relations of the fifth version', () => {
  it('are mended: a selector that names no namespace is about all of them', async () => {
    await using db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
    await migrate(db, only(...Object.keys(migrations).slice(0, 5)));
    const connectionId = randomUuid();
    await sql`insert into relation (connection_id, from_uid, from_type, ordinal, relation, to_kind, to_namespace, to_name, selector)
      values (${connectionId}, 'gateway', 'gateways', 0, 'selects', 'Pod', '', null, '{"istio": "front"}'),
        (${connectionId}, 'service', 'services', 0, 'selects', 'Pod', 'shop', null, '{"app": "web"}'),
        (${connectionId}, 'pod', 'pods', 0, 'runs-on', 'Node', '', 'worker', null)`.execute(db);

    await migrate(db, migrations);

    expect(await db.selectFrom('relation').select(['from_uid', 'to_namespace']).orderBy('from_uid').execute()).toEqual([
      { from_uid: 'gateway', to_namespace: null },
      { from_uid: 'pod', to_namespace: '' },
      { from_uid: 'service', to_namespace: 'shop' },
    ]);
  });
});

describe('kinds of the sixth version', () => {
  it('are as old as what kept them from being followed', async () => {
    await using db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
    await migrate(db, only(...Object.keys(migrations).slice(0, 6)));
    const connectionId = randomUuid();
    const since = new Date('2026-11-20T10:00:00Z');
    await sql`insert into cluster (connection_id, epoch, watch) values (${connectionId}, 1, 'live')`.execute(db);
    for (const state of ['failing', 'forbidden', 'listing', 'missing', 'watching'])
      await sql`insert into kind_status (connection_id, type, kind, state, since)
        values (${connectionId}, ${state}, ${state}, ${state}, ${since})`.execute(db);

    await migrate(db, migrations);

    const kinds = await db.selectFrom('kind_status').select(['type', 'stale_since']).orderBy('type').execute();
    expect(kinds.map(({ stale_since }) => stale_since)).toEqual([since, since, null, since, null]);
  });
});

describe('kinds of the eighth version', () => {
  it('have been read, if they are followed or anything is kept of them', async () => {
    await using db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
    await migrate(db, only(...Object.keys(migrations).slice(0, 8)));
    const connectionId = randomUuid();
    await sql`insert into cluster (connection_id, epoch, watch) values (${connectionId}, 1, 'live')`.execute(db);
    await sql`insert into kind_status (connection_id, type, kind, state, since, objects)
      values (${connectionId}, 'a', 'A', 'watching', now(), 0), (${connectionId}, 'b', 'B', 'forbidden', now(), 7),
        (${connectionId}, 'c', 'C', 'forbidden', now(), 0)`.execute(db);

    await migrate(db, migrations);

    expect(await db.selectFrom('kind_status').select(['type', 'read_once']).orderBy('type').execute()).toEqual([
      { type: 'a', read_once: true },
      { type: 'b', read_once: true },
      { type: 'c', read_once: false },
    ]);
  });
});
