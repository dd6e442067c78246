import { createAggregate } from '@mooring/event-store';
import { nameUuid } from '@mooring/kernel';
import { evolve, NO_NOTIFICATION, type Notification, type NotificationEvent } from './domain/notification.ts';

export const notifications = createAggregate<Notification, NotificationEvent>({
  category: 'notification',
  initial: NO_NOTIFICATION,
  evolve,
  schemaVersion: 1,
});

/** One notification for one thing, however often it fails: its id follows from what it is about. */
export const notificationIdOf = (actedUpon: string): string => nameUuid('notification', actedUpon);
