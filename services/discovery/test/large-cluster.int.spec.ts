import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResourceChange } from '@mooring/cluster-watch';
import { randomUuid } from '@mooring/kernel';
import { migrate, openDatabase, type Database } from '@mooring/read-model';
import { startTestPostgres, type TestPostgres } from '@mooring/testing';
import { sql } from 'kysely';
import { createInventory } from '../src/adapters/inventory.ts';
import { migrations } from '../src/adapters/migrations.ts';
import type { DiscoveryDatabase } from '../src/adapters/tables.ts';

const BATCH = 500;
/** Beyond some ten thousand, the index that begins with the type is less high than the one that begins with the uid. */
const BATCHES = 30;

let postgres: TestPostgres;
let db: Database<DiscoveryDatabase>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  // One session, so that its figures are all there are.
  db = openDatabase<DiscoveryDatabase>({ url: (await postgres.createDatabase()).url, poolMax: 1 });
  await migrate(db, migrations);
}, 60_000);

afterAll(async () => {
  await db[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const pod = (number: number) =>
  ({
    op: 'upsert',
    type: 'pods',
    hash: `hash of ${number}`,
    record: {
      ...{ kind: 'Pod', uid: randomUuid(), apiVersion: 'v1', namespace: 'team', name: `pod-${number}`, labels: {} },
      images: [],
      conditions: [],
    },
  }) as ResourceChange;

describe('the first state of a large cluster', () => {
  it('is written without reading, for each object, all that came before it', async () => {
    const writer = { connectionId: randomUuid(), epoch: 1 };
    const inventory = createInventory({ db, systemId: randomUuid() });
    await inventory.takeOver(writer);
    for (let batch = 0; batch < BATCHES; batch += 1)
      await inventory.apply(
        writer,
        Array.from({ length: BATCH }, (_none, index) => pod(batch * BATCH + index)),
        new Date(),
      );
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ read: number }>`
      select sum(idx_tup_read)::integer as read from pg_stat_user_indexes where relname = 'resource'`.execute(db);
    // Each of them looks for itself once or twice; all for all would be millions.
    expect(rows[0]?.read).toBeLessThan(4 * BATCH * BATCHES);
  }, 60_000);
});
