import { CloudEvent as SdkEvent } from 'cloudevents';
import { ConnectionRegistered, WatchBegun, encodeStructured } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { toPublication } from './to-publication.ts';

const CONNECTION = '5f3c2a10-8f5b-4f6e-9d3a-0c9b8a7f6e5d';
const details = {
  producer: 'discovery',
  subject: CONNECTION,
  severity: 'informational',
  narrative: { message: 'A watch has begun.', summary: 'Watch begun' },
} as const;

const stored = (change: Partial<StoredEvent> = {}): StoredEvent => ({
  id: '0d9e1c4a-6b1f-4c8e-8a52-3f1d2c4b5a69',
  streamName: `watch-${CONNECTION}`,
  revision: 4n,
  position: 900n,
  type: WatchBegun.stored,
  data: { connectionId: CONNECTION, epoch: 2 },
  metadata: {
    $correlationId: 'operation-1',
    $causationId: 'event-0',
    schemaVersion: 1,
    userId: 'ada',
    systemId: 'installation-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
  recordedAt: new Date('2026-11-21T10:00:00.123Z'),
  ...change,
});

describe('a stored event as it is published', () => {
  it('carries what was stored, and the trace it was recorded in', () => {
    expect(toPublication(WatchBegun, stored(), details)).toEqual({
      specversion: '1.0',
      id: stored().id,
      source: 'urn:meshery:service:discovery',
      type: 'io.meshery.discovery.watch.begun.v1',
      subject: CONNECTION,
      time: '2026-11-21T10:00:00.123Z',
      datacontenttype: 'application/json',
      dataschema: WatchBegun.dataschema,
      severitytext: 'informational',
      severitynumber: 6,
      category: 'cluster',
      action: 'watch',
      sequence: '4',
      actedupon: CONNECTION,
      userid: 'ada',
      systemid: 'installation-1',
      correlationid: 'operation-1',
      causationid: 'event-0',
      traceid: '0af7651916cd43dd8448eb211c80319c',
      parentid: 'b7ad6b7169203331',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data: { connectionId: CONNECTION, epoch: 2, message: 'A watch has begun.', summary: 'Watch begun' },
    });
  });

  it('is what the official SDK takes for a valid CloudEvent', () => {
    const text = new TextDecoder().decode(encodeStructured(toPublication(WatchBegun, stored(), details)));
    expect(new SdkEvent(JSON.parse(text)).validate()).toBe(true);
  });

  it('always has the same trace, also when none was stored that can be read', () => {
    const metadata = { ...stored().metadata, traceparent: 'none' };
    const event = toPublication(WatchBegun, stored({ metadata }), details);
    expect(event.traceid).toBe('0d9e1c4a6b1f4c8e8a523f1d2c4b5a69');
    expect(toPublication(WatchBegun, stored({ metadata }), details)).toEqual(event);
  });

  it.each(['error', 'critical', 'alert', 'emergency'] as const)(
    'is a bug when of severity %s without an error',
    (severity) => {
      expect(() => toPublication(WatchBegun, stored(), { ...details, severity })).toThrow('must carry data.error');
    },
  );

  it('is a bug when its own schema forbids it', () => {
    expect(() => toPublication(ConnectionRegistered, stored(), details)).toThrow('cannot be published');
  });
});
