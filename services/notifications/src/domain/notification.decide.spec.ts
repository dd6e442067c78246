import { acknowledge, take } from './notification.decide.ts';
import { evolve, NO_NOTIFICATION, type Notification, type NotificationEvent } from './notification.ts';
import type { Signal } from './signal.ts';

const trouble = (sequence: number): Signal => ({
  kind: 'trouble',
  eventId: `e${sequence}`,
  sequence: BigInt(sequence),
  text: `text ${sequence}`,
  eventType: 'type',
  actedUpon: 'thing',
  severityText: 'error',
  severityNumber: 3,
  title: 'title',
});
const recovery = (sequence: number): Signal => ({
  kind: 'recovery',
  eventId: `e${sequence}`,
  sequence: BigInt(sequence),
  text: 'over',
});

const after = (events: readonly NotificationEvent[], from: Notification = NO_NOTIFICATION): Notification =>
  events.reduce(evolve, from);
const takeAll = (signals: readonly Signal[], state: Notification = NO_NOTIFICATION) => take('n', signals, state);
const told = (events: readonly NotificationEvent[]): readonly string[] =>
  events.map((event) => (event.type === 'NotificationRepeated' ? `${event.type} ${event.data.count}` : event.type));

describe('taking signals', () => {
  it('raises once, then counts; many repeats at once are one event', () => {
    const events = takeAll([trouble(1), trouble(2), trouble(3), trouble(4)]);
    expect(told(events)).toEqual(['NotificationRaised', 'NotificationRepeated 4']);
    expect(events.at(-1)?.data).toMatchObject({ text: 'text 4', eventId: 'e4', sequence: '4' });
    const more = takeAll([trouble(5), trouble(6)], after(events));
    expect(told(more)).toEqual(['NotificationRepeated 6']);
  });

  it('counts nothing twice, however a delivery is repeated', () => {
    const first = [trouble(1), trouble(2)];
    const state = after(takeAll(first));
    expect(takeAll(first, state)).toEqual([]);
    expect(told(takeAll([...first, trouble(3)], state))).toEqual(['NotificationRepeated 3']);
    expect(after(takeAll([trouble(1), trouble(1), trouble(1)])).count).toBe(1);
  });

  it('is over by a recovery, once, and raised again with a count of its own by the next trouble', () => {
    const events = takeAll([trouble(1), trouble(2), recovery(3), recovery(4), trouble(5), trouble(6)]);
    expect(told(events)).toEqual([
      'NotificationRaised',
      'NotificationRepeated 2',
      'NotificationResolved',
      'NotificationRaised',
      'NotificationRepeated 2',
    ]);
    expect(after(events)).toEqual({ status: 'open', count: 2, sequence: 6n });
    expect(takeAll([trouble(1), trouble(2), recovery(3)], after(events))).toEqual([]);
  });

  it('has nothing to say about a recovery from nothing', () => {
    expect(takeAll([recovery(1)])).toEqual([]);
  });

  it('counts on what a person has seen already, which stays seen', () => {
    const raised = after(takeAll([trouble(1)]));
    const seen = after([{ type: 'NotificationAcknowledged', data: { notificationId: 'n' } }], raised);
    const events = takeAll([trouble(2)], seen);
    expect(told(events)).toEqual(['NotificationRepeated 2']);
    expect(after(events, seen).status).toBe('acknowledged');
    expect(told(takeAll([recovery(3)], seen))).toEqual(['NotificationResolved']);
  });
});

describe('acknowledging', () => {
  const events = (state: Notification) => acknowledge('n', state);
  const open = after(takeAll([trouble(1)]));

  it('is recorded once; twice, and of what is over, are successes without an event', () => {
    const first = events(open);
    expect(first.ok && told(first.value)).toEqual(['NotificationAcknowledged']);
    expect(events({ ...open, status: 'acknowledged' })).toEqual({ ok: true, value: [] });
    expect(events({ ...open, status: 'resolved' })).toEqual({ ok: true, value: [] });
  });

  it('is refused for what nobody was told of', () => {
    expect(events(NO_NOTIFICATION)).toEqual({ ok: false, error: { kind: 'unknown-notification' } });
  });
});
