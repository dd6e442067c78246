import type { NotificationStatus } from '@mooring/contracts';

/** Row of the projection of notifications: every value follows from the events alone. */
export interface NotificationRow {
  id: string;
  status: NotificationStatus;
  severity_text: string;
  severity_number: number;
  title: string;
  text: string;
  suggested_remediation: string | null;
  acted_upon: string;
  count: number;
  raised_at: Date;
  last_at: Date;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  resolved_at: Date | null;
  revision: bigint;
}
