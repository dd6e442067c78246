import { Type } from 'typebox';
import { defineEvent } from '../event-type.ts';
import { SEVERITY_TEXTS } from '../severity.ts';

const Uuid = Type.String({ format: 'uuid' });

/** The revision of the aggregate it is about: what is not newer has been counted already. */
const Sequence = Type.String({ pattern: '^[0-9]+$' });

export const NotificationRaised = defineEvent({
  stored: 'NotificationRaised',
  type: 'io.meshery.notifications.notification.raised.v1',
  category: 'notification',
  action: 'raise',
  description: 'Something needs a person. The subject is the id of the notification.',
  fields: Type.Object({
    notificationId: Uuid,
    actedUpon: Type.String(),
    severityText: Type.String({ enum: [...SEVERITY_TEXTS] }),
    severityNumber: Type.Integer({ minimum: 0, maximum: 5 }),
    title: Type.String(),
    text: Type.String(),
    suggestedRemediation: Type.Optional(Type.String()),
    eventId: Type.String(),
    eventType: Type.String(),
    sequence: Sequence,
  }),
});

export const NotificationRepeated = defineEvent({
  stored: 'NotificationRepeated',
  type: 'io.meshery.notifications.notification.repeated.v1',
  category: 'notification',
  action: 'repeat',
  description: 'What a notification is about happened again. The subject is the id of the notification.',
  fields: Type.Object({
    notificationId: Uuid,
    count: Type.Integer({ minimum: 2 }),
    text: Type.String(),
    eventId: Type.String(),
    sequence: Sequence,
  }),
});

export const NotificationAcknowledged = defineEvent({
  stored: 'NotificationAcknowledged',
  type: 'io.meshery.notifications.notification.acknowledged.v1',
  category: 'notification',
  action: 'acknowledge',
  description: 'A person has seen it. The subject is the id of the notification.',
  fields: Type.Object({ notificationId: Uuid }),
});

export const NotificationResolved = defineEvent({
  stored: 'NotificationResolved',
  type: 'io.meshery.notifications.notification.resolved.v1',
  category: 'notification',
  action: 'resolve',
  description: 'What it was about is over. The subject is the id of the notification.',
  fields: Type.Object({ notificationId: Uuid, eventId: Type.String(), text: Type.String(), sequence: Sequence }),
});
