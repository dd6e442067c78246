import {
  NOTIFICATION_STATUSES,
  PAGE_LIMIT_DEFAULT,
  type NotificationListQuery,
  type NotificationPage,
  type NotificationStatus,
  type NotificationView,
} from '@mooring/contracts';
import { Failure } from '@mooring/kernel';
import { decodeKeys, encodeCursor, type Database, type ProjectionProgress } from '@mooring/read-model';
import { sql, type Selectable } from 'kysely';
import type { NotificationRow } from '../projections/tables.ts';
import { VIEW, type NotificationsDatabase } from './tables.ts';

export interface NotificationQueries {
  list(query: NotificationListQuery): Promise<NotificationPage>;
  find(id: string): Promise<NotificationView | undefined>;
}

const KIND = 'notifications';

function readStatuses(text: string | undefined): readonly NotificationStatus[] {
  if (text === undefined) return NOTIFICATION_STATUSES;
  return text.split(',').map((given) => {
    const status = NOTIFICATION_STATUSES.find((candidate) => candidate === given.trim());
    if (status !== undefined) return status;
    throw new Failure('invalid', `status "${given}" is not one of ${NOTIFICATION_STATUSES.join(', ')}`, {
      details: { parameter: 'status', allowed: NOTIFICATION_STATUSES },
    });
  });
}

export function createNotificationQueries(
  database: Database<NotificationsDatabase>,
  progress: ProjectionProgress,
): NotificationQueries {
  const db = database.withSchema(VIEW);
  return {
    async list({ limit = PAGE_LIMIT_DEFAULT, cursor, status, actedUpon }) {
      const position = String((await progress.positionOf(VIEW)) ?? 0n);
      let rows = db.selectFrom('notification').selectAll().where('status', 'in', readStatuses(status));
      if (actedUpon !== undefined) rows = rows.where('acted_upon', '=', actedUpon);
      if (cursor !== undefined) {
        const [at, id] = decodeKeys(KIND, ['time', 'uuid'], cursor);
        rows = rows.where(sql<boolean>`(last_at, id) < (${at}, ${id})`);
      }
      const found = await rows
        .orderBy('last_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(toView),
        position,
        ...(found.length > limit && last !== undefined
          ? { nextCursor: encodeCursor(KIND, [last.last_at.toISOString(), last.id]) }
          : {}),
      };
    },
    async find(id) {
      const row = await db.selectFrom('notification').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toView(row);
    },
  };
}

const toView = (row: Selectable<NotificationRow>): NotificationView => ({
  id: row.id,
  status: row.status,
  severityText: row.severity_text,
  severityNumber: row.severity_number,
  title: row.title,
  text: row.text,
  ...(row.suggested_remediation === null ? {} : { suggestedRemediation: row.suggested_remediation }),
  actedUpon: row.acted_upon,
  count: row.count,
  raisedAt: row.raised_at.toISOString(),
  lastAt: row.last_at.toISOString(),
  ...(row.acknowledged_at === null ? {} : { acknowledgedAt: row.acknowledged_at.toISOString() }),
  ...(row.acknowledged_by === null ? {} : { acknowledgedBy: row.acknowledged_by }),
  ...(row.resolved_at === null ? {} : { resolvedAt: row.resolved_at.toISOString() }),
  revision: row.revision.toString(),
});
