import { connectionIdOf, parseLogged, sequenceOf, shortType, splitAround, summaryOf, type LogEvent } from './events.ts';

const event = (changes: Partial<LogEvent>): LogEvent => ({
  id: 'e',
  type: 'io.meshery.connections.connection.connected.v1',
  subject: 'subject',
  time: '2026-11-21T10:00:00Z',
  severitytext: 'success',
  severitynumber: 5,
  ...changes,
});

describe('a message of the stream', () => {
  it('is an event with its number', () => {
    expect(parseLogged('7', '{"id":"e","type":"t"}')).toEqual({ id: '7', event: { id: 'e', type: 't' } });
  });

  it.each(['', 'no json', 'null', '[]', '{"id":1}'])('"%s" is none, and does no harm', (text) => {
    expect(parseLogged('7', text)).toBeUndefined();
  });
});

describe('the connection an event is about', () => {
  it.each([
    ['io.meshery.connections.connection.connected.v1', {}, 'subject'],
    ['io.meshery.discovery.cluster.lost.v1', {}, 'subject'],
    ['io.meshery.connections.cluster.claimed.v1', { connectionId: 'c' }, 'c'],
    ['io.meshery.notifications.notification.raised.v1', { actedUpon: 'c' }, 'c'],
    ['io.meshery.connections.import.requested.v1', {}, undefined],
    ['some.other.type', { connectionId: 7 }, undefined],
  ])('%s', (type, data, expected) => {
    expect(connectionIdOf(event({ type, data }))).toBe(expected);
  });
});

describe('what is shown of an event', () => {
  it('is its summary, and its type where it has none', () => {
    expect(summaryOf(event({ data: { summary: 'Connected' } }))).toBe('Connected');
    expect(summaryOf(event({}))).toBe('connections.connection.connected');
    expect(shortType('org.example.thing')).toBe('org.example.thing');
  });

  it('has its sequence only when that is a number', () => {
    expect([
      sequenceOf(event({ sequence: '12' })),
      sequenceOf(event({ sequence: 'x' })),
      sequenceOf(event({})),
    ]).toEqual(['12', undefined, undefined]);
  });

  it('links the name where the summary names it', () => {
    expect(splitAround('prod-eu connected', 'prod-eu')).toEqual(['', 'prod-eu', ' connected']);
    expect([splitAround('Connected', 'prod-eu'), splitAround('Connected', undefined), splitAround('x', '')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
