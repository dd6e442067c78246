import { ok, refused, type Result } from '@mooring/kernel';
import { evolve, type Notification, type NotificationEvent } from './notification.ts';
import type { Signal } from './signal.ts';

/** What nobody was told of cannot be acknowledged. */
export type NotificationRejection = { readonly kind: 'unknown-notification' };

/**
 * Takes signals about one thing into account, in their order. One that is not newer than what was taken into account before
 * changes nothing, so a repeated delivery is never counted twice; many repeats at once become one event.
 */
export function take(
  notificationId: string,
  signals: readonly Signal[],
  state: Notification,
): readonly NotificationEvent[] {
  const events: NotificationEvent[] = [];
  let now = state;
  for (const signal of signals) {
    if (signal.sequence <= now.sequence) continue;
    const event = effect(notificationId, signal, now);
    if (event === undefined) continue;
    const last = events.at(-1);
    if (event.type === 'NotificationRepeated' && last?.type === 'NotificationRepeated') events.pop();
    events.push(event);
    now = evolve(now, event);
  }
  return events;
}

function effect(notificationId: string, signal: Signal, state: Notification): NotificationEvent | undefined {
  const { eventId, text } = signal;
  const sequence = signal.sequence.toString();
  const standing = state.status === 'open' || state.status === 'acknowledged';
  if (signal.kind === 'recovery') {
    return standing ? { type: 'NotificationResolved', data: { notificationId, eventId, text, sequence } } : undefined;
  }
  if (standing) {
    return { type: 'NotificationRepeated', data: { notificationId, count: state.count + 1, text, eventId, sequence } };
  }
  const { actedUpon, severityText, severityNumber, title, suggestedRemediation, eventType } = signal;
  return {
    type: 'NotificationRaised',
    data: {
      notificationId,
      actedUpon,
      severityText,
      severityNumber,
      title,
      text,
      ...(suggestedRemediation === undefined ? {} : { suggestedRemediation }),
      eventId,
      eventType,
      sequence,
    },
  };
}

/** A person has seen it. Once is enough, and what is over needs no acknowledgement: both are successes without an event. */
export function acknowledge(
  notificationId: string,
  state: Notification,
): Result<readonly NotificationEvent[], NotificationRejection> {
  if (state.status === 'none') return refused({ kind: 'unknown-notification' });
  return ok(state.status === 'open' ? [{ type: 'NotificationAcknowledged', data: { notificationId } }] : []);
}
