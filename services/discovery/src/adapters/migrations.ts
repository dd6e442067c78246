import type { Migrations } from '@mooring/read-model';
import { sql, type Kysely } from 'kysely';
import { createInventory } from './migrations/0002-inventory.ts';
import { createSearch } from './migrations/0003-search.ts';
import { createWriteChanges } from './migrations/0004-write-changes.ts';
import { timePublished } from './migrations/0005-published-at.ts';
import { selectEverywhere } from './migrations/0006-selectors-everywhere.ts';
import { ageKinds } from './migrations/0007-stale-kinds.ts';
import { placeClusters } from './migrations/0008-places.ts';
import { noteFirstStates } from './migrations/0009-first-states.ts';
import { noteViews } from './migrations/0010-viewed.ts';

/** Names are compared byte by byte everywhere, so that pages are the same whatever the database's language. */
const bytewise = sql`text collate "C"`;

async function createDesired(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('desired_connection')
    .addColumn('connection_id', 'uuid', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('intent', 'text', (column) => column.notNull())
    .addColumn('decision', 'integer', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('withdrawn', 'boolean', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('reason', 'jsonb')
    .addColumn('server', 'text')
    .addColumn('credentials', 'jsonb', (column) => column.notNull())
    .addColumn('cluster_uid', 'text')
    .addColumn('cause', 'jsonb', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('erased', 'boolean', (column) => column.notNull().defaultTo(false))
    .execute();
}

async function createClusters(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('cluster')
    .addColumn('connection_id', 'uuid', (column) => column.primaryKey())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('uid', 'text')
    .addColumn('version', 'text')
    .addColumn('platform', 'text')
    .addColumn('watch', 'text', (column) => column.notNull())
    .addColumn('reason', 'jsonb')
    .addColumn('snapshot_at', 'timestamptz')
    .addColumn('last_seen_at', 'timestamptz')
    .addColumn('position', 'bigint')
    .execute();
  await db.schema
    .createTable('kind_status')
    .addColumn('connection_id', 'uuid', (column) =>
      column.notNull().references('cluster.connection_id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('since', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('kind_status_key', ['connection_id', 'kind'])
    .execute();
}

async function createResources(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('resource')
    .addColumn('connection_id', 'uuid', (column) => column.notNull())
    .addColumn('uid', bytewise, (column) => column.notNull())
    .addColumn('kind', bytewise, (column) => column.notNull())
    .addColumn('api_version', 'text', (column) => column.notNull())
    .addColumn('namespace', bytewise, (column) => column.notNull())
    .addColumn('name', bytewise, (column) => column.notNull())
    .addColumn('labels', 'jsonb', (column) => column.notNull())
    .addColumn('record', 'jsonb', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz')
    .addColumn('observed_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('resource_key', ['connection_id', 'uid'])
    .execute();
  // The order of lists, which pages follow.
  await db.schema
    .createIndex('resource_order')
    .on('resource')
    .columns(['kind', 'namespace', 'name', 'connection_id', 'uid'])
    .execute();
  await db.schema.createIndex('resource_kind').on('resource').columns(['connection_id', 'kind']).execute();
  await sql`create index resource_labels on resource using gin (labels)`.execute(db);
}

/** The tables of discovery. None is a projection of its own events: the inventory's truth is the clusters. */
export const migrations: Migrations = {
  '0001-discovery': {
    async up(db) {
      await createDesired(db);
      await createClusters(db);
      await createResources(db);
    },
  },
  '0002-inventory': { up: createInventory },
  '0003-search': { up: createSearch },
  '0004-write-changes': { up: createWriteChanges },
  '0005-published-at': { up: timePublished },
  '0006-selectors-everywhere': { up: selectEverywhere },
  '0007-stale-kinds': { up: ageKinds },
  '0008-places': { up: placeClusters },
  '0009-first-states': { up: noteFirstStates },
  '0010-viewed': { up: noteViews },
};
