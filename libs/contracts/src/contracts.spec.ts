import { HTTP, type CloudEvent as SdkEvent } from 'cloudevents';
import fc from 'fast-check';
import { Type } from 'typebox';
import {
  ConnectionConnected,
  dataFindings,
  decodeCloudEvent,
  deadLetterSubject,
  defineEvent,
  durableOf,
  encodeStructured,
  envelopeFindings,
  EVENT_TYPES,
  eventSubject,
  eventTypeOf,
  eventTypeOfStored,
  INVENTORY_CONTEXT,
  INVENTORY_PRODUCER,
  isForAPerson,
  parseKnown,
  PRODUCERS,
  redriveSubject,
  relaySubject,
  STRUCTURED_MEDIA_TYPE,
  streamOf,
  SUBSCRIPTIONS,
  typeStanding,
  type CloudEvent,
} from './index.ts';

const connectionId = '7b1f6b1e-7d0b-4b55-9f0e-0d8a3a2b1c4d';

const event: CloudEvent = {
  specversion: '1.0',
  id: '1f0e8f0a-7d0b-4b55-9f0e-0d8a3a2b1c4d',
  source: 'urn:meshery:service:connections',
  type: ConnectionConnected.type,
  subject: connectionId,
  time: '2026-11-21T10:00:00.000Z',
  datacontenttype: 'application/json',
  dataschema: ConnectionConnected.dataschema,
  severitytext: 'informational',
  severitynumber: 6,
  category: 'connection',
  action: 'connect',
  sequence: '3',
  actedupon: connectionId,
  systemid: '2f0e8f0a-7d0b-4b55-9f0e-0d8a3a2b1c4d',
  correlationid: '3f0e8f0a-7d0b-4b55-9f0e-0d8a3a2b1c4d',
  traceid: '0af7651916cd43dd8448eb211c80319c',
  parentid: 'b7ad6b7169203331',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: {
    message: 'harbour is connected',
    summary: 'Connection connected',
    connectionId,
    name: 'harbour',
    previousState: 'registered',
    state: 'connected',
    intent: 'registered',
    decision: 2,
    by: 'observation',
  },
};

describe('the codec', () => {
  it('reads what it wrote', () => {
    expect(decodeCloudEvent(encodeStructured(event))).toEqual(event);
    expect(parseKnown(event)).toBe('known');
  });

  it('writes what the official SDK parses and validates', () => {
    const body = new TextDecoder().decode(encodeStructured(event));
    const parsed = HTTP.toEvent({ headers: { 'content-type': STRUCTURED_MEDIA_TYPE }, body }) as SdkEvent;
    expect(parsed.validate()).toBe(true);
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(event);
  });

  it('reads binary mode, with percent-encoded values and integers as text', () => {
    const { data, datacontenttype, ...attributes } = event;
    const headers = Object.entries({ ...attributes, subject: 'a%20b' }).map(
      ([name, value]) => [`ce-${name}`, String(value)] as const,
    );
    const bytes = new TextEncoder().encode(JSON.stringify(data));
    const read = decodeCloudEvent(bytes, [...headers, ['Content-Type', datacontenttype]]);
    expect(read).toEqual({ ...event, subject: 'a b' });
  });

  it.each([
    ['no JSON', new Uint8Array([0xff, 0xfe])],
    ['a list', new TextEncoder().encode('[]')],
    ['an empty object', new TextEncoder().encode('{}')],
  ])('refuses %s with a failure that no retry can help', (_what, bytes) => {
    expect(() => decodeCloudEvent(bytes)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  it.each(['id', 'source', 'type', 'time', 'traceid', 'sequence', 'severitynumber'])(
    'names the attribute %s when it is missing',
    (name) => {
      const rest = Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));
      expect(envelopeFindings(rest).join()).toContain(name);
    },
  );

  it('never crashes, whatever bytes come', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          try {
            decodeCloudEvent(bytes);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'invalid' });
          }
        },
      ),
    );
  });
});

describe('event types', () => {
  it('are found by their type and by their stored name, each once', () => {
    for (const eventType of EVENT_TYPES) {
      expect(eventTypeOf(eventType.type)).toBe(eventType);
      expect(eventTypeOfStored(eventType.stored)).toBe(eventType);
    }
    expect(new Set(EVENT_TYPES.map(({ type }) => type)).size).toBe(EVENT_TYPES.length);
    expect(EVENT_TYPES.length).toBeGreaterThan(20);
  });

  it('belong to a producer, whose context they carry; but for the inventory, which has a stream of its own', () => {
    expect([...new Set(EVENT_TYPES.map(({ producer }) => producer))].sort()).toEqual([...PRODUCERS].sort());
    const others = EVENT_TYPES.filter(({ context, producer }) => context !== producer);
    expect([...new Set(others.map(({ context, producer }) => [context, producer].join()))]).toEqual([
      [INVENTORY_CONTEXT, INVENTORY_PRODUCER].join(),
    ]);
  });

  it('are declared by the naming rules, or not at all', () => {
    const declaration = { stored: 'X', category: 'x', action: 'y', description: '', fields: Type.Object({}) };
    expect(() => defineEvent({ ...declaration, type: 'io.meshery.x.y.v1' })).toThrow('is not of the form');
    expect(() => defineEvent({ ...declaration, type: 'io.meshery.x.y.happened.v1', action: 'Not-Snake' })).toThrow(
      'snake_case',
    );
  });

  it('tell a newer version from an unknown type', () => {
    const newer = { ...event, type: 'io.meshery.connections.connection.connected.v2' };
    expect(typeStanding(newer.type)).toMatchObject({ kind: 'newer' });
    expect(() => parseKnown(newer)).toThrow('newer than');
    expect(parseKnown({ ...event, type: 'io.meshery.connections.connection.painted.v1' })).toBe('unknown');
  });

  it('name what is wrong with data', () => {
    expect(dataFindings(ConnectionConnected, { ...(event.data as object), state: 'flying' }).join()).toContain(
      '/data/state',
    );
    expect(() => parseKnown({ ...event, data: {} })).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(dataFindings(ConnectionConnected, { ...(event.data as object), fromTheFuture: true })).toEqual([]);
  });
});

describe('names on the bus', () => {
  it('follow from type and subject', () => {
    expect(eventSubject(event.type, event.subject)).toBe(`events.connections.connection.connected.${connectionId}`);
    expect(relaySubject(event.type, event.subject)).toBe(`relay.connections.connection.connected.${connectionId}`);
    expect(deadLetterSubject('discovery', 'events.a.b.c.d')).toBe('dead.discovery.events.a.b.c.d');
    expect(redriveSubject('discovery', 'events.a.b.c.d')).toBe('redrive.discovery.events.a.b.c.d');
    expect(() => eventSubject(event.type, 'a.b')).toThrow('cannot stand in a NATS subject');
    expect(() => eventSubject('com.example.x', 'a')).toThrow('does not start with');
  });

  it('are one stream per producer and one durable per pair', () => {
    expect(PRODUCERS.map(streamOf)).toEqual(['CONNECTIONS', 'DISCOVERY', 'NOTIFICATIONS']);
    expect(new Set(SUBSCRIPTIONS.map(durableOf)).size).toBe(SUBSCRIPTIONS.length);
  });

  it('people are told of what is more severe than informational', () => {
    expect([5, 6, 7, 0].map(isForAPerson)).toEqual([true, false, false, true]);
  });
});
