import type { StoredEvent } from '@mooring/event-store';
import { writeRows, type Projection } from '@mooring/read-model';
import { sql } from 'kysely';
import type { NotificationEvent } from '../domain/notification.ts';
import { foldRow } from '../projections/notifications.projection.ts';
import type { NotificationRow } from '../projections/tables.ts';
import { VIEW, type NotificationsDatabase } from './tables.ts';

/** Notifications as they stand. */
export const viewProjection: Projection<NotificationsDatabase> = {
  name: VIEW,
  version: 1,
  prefixes: ['notification-'],
  async create(tx) {
    await tx.schema
      .createTable('notification')
      .addColumn('id', 'uuid', (column) => column.primaryKey())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('severity_text', 'text', (column) => column.notNull())
      .addColumn('severity_number', 'int2', (column) => column.notNull())
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('suggested_remediation', 'text')
      .addColumn('acted_upon', 'text', (column) => column.notNull())
      .addColumn('count', 'int4', (column) => column.notNull())
      .addColumn('raised_at', 'timestamptz(3)', (column) => column.notNull())
      .addColumn('last_at', 'timestamptz(3)', (column) => column.notNull())
      .addColumn('acknowledged_at', 'timestamptz(3)')
      .addColumn('acknowledged_by', 'text')
      .addColumn('resolved_at', 'timestamptz(3)')
      .addColumn('revision', 'int8', (column) => column.notNull())
      .execute();
    await tx.schema.createIndex('notification_last_at').on('notification').columns(['last_at', 'id']).execute();
  },
  async apply(tx, events) {
    const own = events as readonly StoredEvent<NotificationEvent>[];
    const ids = [...new Set(own.map(({ data }) => data.notificationId))];
    if (ids.length === 0) return;
    const rows = await tx
      .selectFrom('notification')
      .selectAll()
      .where(sql<boolean>`id = any(${ids}::uuid[])`)
      .execute();
    const folded = new Map<string, NotificationRow>(rows.map((row) => [row.id, row]));
    for (const event of own) {
      const row = foldRow(folded.get(event.data.notificationId), event);
      if (row !== undefined) folded.set(row.id, row);
    }
    await writeRows(tx, 'notification', [...folded.values()], ['id']);
  },
};
