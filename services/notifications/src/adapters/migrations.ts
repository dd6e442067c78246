import type { Migrations } from '@mooring/read-model';
import { sql } from 'kysely';

/** The event log is a record of what arrived, so it is kept by migrations and never rebuilt. */
export const migrations: Migrations = {
  '0001-event-log': {
    async up(db) {
      await db.schema
        .createTable('event_log')
        .addColumn('number', 'int8', (column) => column.primaryKey())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('correlation_id', 'text', (column) => column.notNull())
        .addColumn('trace_id', 'text', (column) => column.notNull())
        .addColumn('severity', 'int2', (column) => column.notNull())
        .addColumn('event', 'jsonb', (column) => column.notNull())
        .addUniqueConstraint('event_log_event', ['id', 'source'])
        .execute();
      for (const column of ['type', 'subject', 'correlation_id', 'trace_id'] as const) {
        await db.schema.createIndex(`event_log_${column}`).on('event_log').columns([column, 'number']).execute();
      }
      await db.schema
        .createTable('event_log_head')
        .addColumn('number', 'int8', (column) => column.notNull())
        .execute();
      await sql`insert into event_log_head (number) values (0)`.execute(db);
    },
  },
};
