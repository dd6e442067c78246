import { eventTypeOfStored, type CloudEvent, type Narrative } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { toPublication } from '@mooring/messaging';
import type { NotificationEvent } from './domain/notification.ts';

export const PUBLISHED_PREFIXES = ['notification-'] as const;

/** Every output of this service. All are audit trail: what a person is told of is the event that made them. */
export function toCloudEvent(stored: StoredEvent): CloudEvent | undefined {
  const eventType = eventTypeOfStored(stored.type);
  if (eventType === undefined) return undefined;
  const event = stored as StoredEvent<NotificationEvent>;
  const subject = event.data.notificationId;
  const actedUpon = event.type === 'NotificationRaised' ? event.data.actedUpon : subject;
  return toPublication(eventType, stored, {
    producer: 'notifications',
    subject,
    actedUpon,
    severity: 'informational',
    narrative: narrate(event),
  });
}

function narrate(event: NotificationEvent): Narrative {
  switch (event.type) {
    case 'NotificationRaised':
      return { summary: 'Notification raised', message: `${event.data.title}: ${event.data.text}` };
    case 'NotificationRepeated':
      return { summary: 'Notification repeated', message: `Happened ${event.data.count} times: ${event.data.text}` };
    case 'NotificationAcknowledged':
      return { summary: 'Notification acknowledged', message: 'A person has seen the notification.' };
    case 'NotificationResolved':
      return { summary: 'Notification resolved', message: `It is over: ${event.data.text}` };
  }
}
