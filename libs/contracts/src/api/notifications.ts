import { Type, type Static } from 'typebox';
import { SEVERITY_TEXTS } from '../severity.ts';
import { page, pageQuery } from './paging.ts';
import { oneOrMoreOf, traceId } from './patterns.ts';

const Uuid = Type.String({ format: 'uuid' });
const Time = Type.String({ format: 'date-time' });

/** One entry of the event log: the CloudEvent as it arrived and the number it was logged under (the SSE id). */
export const LoggedEvent = Type.Object({
  id: Type.String({ description: 'Number in the log, counted by one writer; also the SSE id.' }),
  event: Type.Unsafe<
    Record<string, unknown> & {
      id: string;
      type: string;
      subject: string;
      time: string;
      severitytext: string;
      severitynumber: number;
    }
  >(
    Type.Object({}, { additionalProperties: true, description: 'A CloudEvent; its schema is at /api/schemas/{type}.' }),
  ),
});
export type LoggedEvent = Static<typeof LoggedEvent>;

export const EventListQuery = Type.Object(
  {
    ...pageQuery,
    type: Type.Optional(Type.String({ description: 'CloudEvents type, or the start of one followed by *.' })),
    subject: Type.Optional(Type.String()),
    correlationId: Type.Optional(Type.String()),
    traceId: Type.Optional(traceId),
    severityMax: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 7, description: 'Only this severe or worse (smaller numbers are worse).' }),
    ),
    order: Type.Optional(
      Type.Unsafe<'newest' | 'oldest'>(Type.String({ enum: ['newest', 'oldest'], default: 'newest' })),
    ),
  },
  { additionalProperties: false },
);
export type EventListQuery = Static<typeof EventListQuery>;
export const EventPage = page(LoggedEvent);
export type EventPage = Static<typeof EventPage>;

export const NOTIFICATION_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const NotificationView = Type.Object({
  id: Uuid,
  status: Type.Unsafe<NotificationStatus>(Type.String({ enum: [...NOTIFICATION_STATUSES] })),
  severityText: Type.String({ enum: [...SEVERITY_TEXTS] }),
  severityNumber: Type.Integer({ minimum: 0, maximum: 5 }),
  title: Type.String(),
  text: Type.String(),
  suggestedRemediation: Type.Optional(Type.String()),
  actedUpon: Type.String({ description: 'What it is about: the id of a connection.' }),
  count: Type.Integer({ minimum: 1 }),
  raisedAt: Time,
  lastAt: Time,
  acknowledgedAt: Type.Optional(Time),
  acknowledgedBy: Type.Optional(Type.String()),
  resolvedAt: Type.Optional(Time),
  revision: Type.String(),
});
export type NotificationView = Static<typeof NotificationView>;

export const NotificationListQuery = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(oneOrMoreOf(NOTIFICATION_STATUSES)),
    actedUpon: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type NotificationListQuery = Static<typeof NotificationListQuery>;
export const NotificationPage = page(NotificationView);
export type NotificationPage = Static<typeof NotificationPage>;

export const NotificationReceipt = Type.Object({
  id: Uuid,
  status: Type.Unsafe<NotificationStatus>(Type.String({ enum: [...NOTIFICATION_STATUSES] })),
  revision: Type.String(),
  recorded: Type.Array(Type.String()),
  traceId: Type.String(),
});
export type NotificationReceipt = Static<typeof NotificationReceipt>;
