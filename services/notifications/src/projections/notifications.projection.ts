import type { StoredEvent } from '@mooring/event-store';
import type { NotificationRow } from './tables.ts';
import type { NotificationEvent } from '../domain/notification.ts';

/** A notification's row after one more event. */
export function foldRow(
  row: NotificationRow | undefined,
  event: StoredEvent<NotificationEvent>,
): NotificationRow | undefined {
  const { revision, recordedAt, metadata } = event;
  if (event.type === 'NotificationRaised') {
    const { notificationId, severityText, severityNumber, title, text, suggestedRemediation, actedUpon } = event.data;
    return {
      id: notificationId,
      status: 'open',
      severity_text: severityText,
      severity_number: severityNumber,
      title,
      text,
      suggested_remediation: suggestedRemediation ?? null,
      acted_upon: actedUpon,
      count: 1,
      raised_at: recordedAt,
      last_at: recordedAt,
      acknowledged_at: null,
      acknowledged_by: null,
      resolved_at: null,
      revision,
    };
  }
  if (row === undefined) return undefined;
  switch (event.type) {
    case 'NotificationRepeated':
      return { ...row, count: event.data.count, text: event.data.text, last_at: recordedAt, revision };
    case 'NotificationAcknowledged':
      return {
        ...row,
        status: 'acknowledged',
        acknowledged_at: recordedAt,
        acknowledged_by: metadata.userId ?? null,
        revision,
      };
    case 'NotificationResolved':
      return { ...row, status: 'resolved', resolved_at: recordedAt, revision };
    default:
      return row;
  }
}
