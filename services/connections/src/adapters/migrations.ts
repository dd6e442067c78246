import type { Migrations } from '@mooring/read-model';

/** The service's own tables; those of projections are made by their projections. */
export const migrations: Migrations = {
  '0001-credential': {
    async up(db) {
      await db.schema
        .createTable('credential')
        .addColumn('id', 'uuid', (column) => column.primaryKey())
        .addColumn('connection_id', 'uuid', (column) => column.notNull())
        .addColumn('ciphertext', 'text', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(db.fn('now', [])))
        .execute();
      await db.schema.createIndex('credential_connection').on('credential').column('connection_id').execute();
    },
  },
  '0002-credential-import': {
    async up(db) {
      await db.schema.alterTable('credential').addColumn('import_id', 'uuid').execute();
    },
  },
};
