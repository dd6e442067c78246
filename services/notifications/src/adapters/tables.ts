import type { ColumnType } from 'kysely';
import type { NotificationRow } from '../projections/tables.ts';

/** One CloudEvent as it arrived, under the number one writer gave it. */
export interface EventLogRow {
  number: bigint;
  source: string;
  id: string;
  type: string;
  subject: string;
  correlation_id: string;
  trace_id: string;
  severity: number;
  event: ColumnType<Record<string, unknown>, string, never>;
}

/** The number given last; its one row is locked by whoever writes. */
export interface EventLogHeadRow {
  number: bigint;
}

export interface NotificationsDatabase {
  event_log: EventLogRow;
  event_log_head: EventLogHeadRow;
  notification: NotificationRow;
}

/** The name of the projection of notifications, and of the schema its table is in. */
export const VIEW = 'notifications_view';
