import type { LogEvent } from './events.ts';
import { ROWS_ONE_BY_ONE_MAX, isBehind, planRefresh, staleBy, withPending, type Pending } from './refresh.ts';

const event = (type: string, changes: Partial<LogEvent> = {}): LogEvent => ({
  id: 'e',
  type: `io.meshery.${type}.v1`,
  subject: 's',
  time: '2026-11-21T10:00:00Z',
  severitytext: 'informational',
  severitynumber: 6,
  sequence: '7',
  ...changes,
});

describe('what an event makes stale', () => {
  it.each(['connections.connection.registered', 'connections.probe.requested', 'connections.credential.attached'])(
    '%s: that connection, at least at the revision of the event',
    (type) => {
      expect(staleBy(event(type)).connection).toEqual({ id: 's', revision: '7' });
    },
  );

  it('an event of discovery: the cluster only, since its sequence counts something else', () => {
    expect(staleBy(event('discovery.snapshot.completed'))).toEqual({ cluster: { connectionId: 's' } });
  });

  it.each(['connections.import.completed', 'connections.context.resolved'])('%s: that import', (type) => {
    expect(staleBy(event(type))).toEqual({ import: { id: 's' } });
  });

  it('a notification: that notification', () => {
    expect(staleBy(event('notifications.notification.raised'))).toEqual({ notification: { id: 's', revision: '7' } });
  });

  it.each(['connections.cluster.claimed', 'registry.model.enabled', 'x'])('%s: nothing', (type) => {
    expect(staleBy(event(type))).toEqual({});
  });

  it('asks for any revision where the event names none', () => {
    expect(staleBy(event('connections.connection.registered', { sequence: 'many' })).connection?.revision).toBe('0');
  });
});

describe('gathering', () => {
  it('keeps the highest revision of each connection', () => {
    let pending: Pending = new Map();
    for (const revision of ['9', '10', '2']) pending = withPending(pending, 'a', revision);
    expect(planRefresh(pending)).toEqual({ kind: 'rows', rows: [['a', '10']] });
  });

  it('reads the list once where many connections changed', () => {
    const many = new Map(Array.from({ length: ROWS_ONE_BY_ONE_MAX + 1 }, (_, index) => [String(index), '1']));
    expect(planRefresh(many)).toEqual({ kind: 'list' });
  });

  it('knows an answer that is too old', () => {
    expect([isBehind(undefined, '1'), isBehind('9', '10'), isBehind('10', '10'), isBehind('11', '10')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
