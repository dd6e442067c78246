import type * as contracts from '@mooring/contracts';
import type { FieldsOf, NotificationStatus } from '@mooring/contracts';

export type NotificationEvent =
  | { readonly type: 'NotificationRaised'; readonly data: FieldsOf<typeof contracts.NotificationRaised> }
  | { readonly type: 'NotificationRepeated'; readonly data: FieldsOf<typeof contracts.NotificationRepeated> }
  | { readonly type: 'NotificationAcknowledged'; readonly data: FieldsOf<typeof contracts.NotificationAcknowledged> }
  | { readonly type: 'NotificationResolved'; readonly data: FieldsOf<typeof contracts.NotificationResolved> };

/** What needs a person about one thing: raised, counted when repeated, acknowledged, resolved, and perhaps raised again. */
export interface Notification {
  readonly status: 'none' | NotificationStatus;
  readonly count: number;
  /** Highest revision, of what it is about, that was taken into account; -1 before the first. */
  readonly sequence: bigint;
}

export const NO_NOTIFICATION: Notification = { status: 'none', count: 0, sequence: -1n };

export function evolve(before: Notification, event: NotificationEvent): Notification {
  switch (event.type) {
    case 'NotificationRaised':
      return { status: 'open', count: 1, sequence: BigInt(event.data.sequence) };
    case 'NotificationRepeated':
      return { ...before, count: event.data.count, sequence: BigInt(event.data.sequence) };
    case 'NotificationAcknowledged':
      return { ...before, status: 'acknowledged' };
    case 'NotificationResolved':
      return { ...before, status: 'resolved', sequence: BigInt(event.data.sequence) };
    default:
      return before;
  }
}
