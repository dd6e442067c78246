import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResourceChange } from '@mooring/cluster-watch';
import { randomUuid } from '@mooring/kernel';
import { migrate, openDatabase, type Database } from '@mooring/read-model';
import { startTestPostgres, type TestPostgres } from '@mooring/testing';
import { createInventory, type Inventory } from '../src/adapters/inventory.ts';
import { migrations } from '../src/adapters/migrations.ts';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';

let postgres: TestPostgres;
let db: Database<DiscoveryDatabase>;
let inventory: Inventory;

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url });
  await migrate(db, migrations);
  inventory = createInventory(db);
}, 60_000);

afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const AT = new Date('2026-11-21T10:00:00Z');

const upsert = (name: string, extra: object = {}): ResourceChange => ({
  op: 'upsert',
  type: 'namespaces',
  hash: `hash of ${name}`,
  record: { kind: 'Namespace', uid: `uid of ${name}`, apiVersion: 'v1', name, labels: {}, ...extra },
});

async function knownOf(connectionId: string): Promise<readonly string[]> {
  const uids: string[] = [];
  const known = inventory.known(connectionId);
  for (const [type, buckets] of await known.digest())
    for await (const { uid } of known.objects(type, [...buckets.keys()])) uids.push(uid);
  return uids;
}

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
});
