import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { eventually } from '@mooring/testing';
import { startCollector, type CollectedSpan, type Collector } from './collector.ts';
import { documentedCalls, walk } from './documented.ts';
import { connectionIn, startSystem, type System } from './system.ts';

const QUICK = { MOORING_UP_DISCOVERY_LOST_WINDOW: '1s', MOORING_UP_DISCOVERY_RETRY_MAX: '500ms' };
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const CORRELATION_ID = '7b0d1d55-6b0f-4a3e-9d3c-0a1b2c3d4e5f';

describe('one request', () => {
  let system: System;
  let cluster: SimulatedCluster;
  let collector: Collector;

  const spansOf = (traceId: string): readonly CollectedSpan[] =>
    collector.spans.filter((span) => span.traceId === traceId);
  const eventsOf = async (query: string): Promise<readonly any[]> => {
    const call = await documentedCalls(system);
    return (await walk(call, `/api/events?order=oldest&${query}`, 200)).map(({ event }) => event);
  };

  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'wake', nodes: 1, pods: 2 });
    collector = await startCollector();
    system = await startSystem({ env: QUICK, args: ['--otlp', collector.url] });
  }, 120_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  }, 60_000);

  it('is one trace, from the caller through every service, store and handler, in spans and events alike', async () => {
    const answer = await system.call('POST', '/api/imports', {
      body: cluster.kubeconfig,
      headers: {
        'content-type': 'application/yaml',
        traceparent: `00-${TRACE_ID}-${CALLER}-01`,
        'x-correlation-id': CORRELATION_ID,
      },
    });
    expect([answer.status, answer.body.traceId]).toEqual([202, TRACE_ID]);
    expect(answer.headers.get('x-trace-id')).toBe(TRACE_ID);
    await connectionIn(system, 'wake', 'connected');

    // In any order: the log has that of each aggregate, not of one before the other.
    const events = await eventually(async () => {
      const found = await eventsOf(`correlationId=${CORRELATION_ID}`);
      expect(found.map(({ type }) => type.split('.').slice(2, -1).join('.'))).toEqual(
        expect.arrayContaining([
          'connections.import.requested',
          'connections.connection.entered',
          'discovery.cluster.seen',
          'connections.connection.registered',
          'discovery.snapshot.completed',
          'connections.connection.connected',
          'connections.import.completed',
        ]),
      );
      return found;
    });

    // Everything that was recorded for the operation, and nothing else, is in its trace.
    expect(new Set(events.map(({ traceid }) => traceid))).toEqual(new Set([TRACE_ID]));
    expect((await eventsOf(`traceId=${TRACE_ID}`)).map(({ id }) => id)).toEqual(events.map(({ id }) => id));

    await eventually(
      () => {
        const spans = spansOf(TRACE_ID);
        const byId = new Map(spans.map((span) => [span.spanId, span]));
        const names = spans.map(({ service, name }) => `${service}: ${name}`);
        expect(names).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^gateway: POST \//),
            'connections: POST /api/imports',
            'connections: append import',
            'connections: append connection',
            'connections: publish io.meshery.connections.import.requested.v1',
            'connections: handle io.meshery.connections.import.requested.v1',
            'discovery: handle io.meshery.connections.connection.entered.v1',
            'discovery: append watch',
            'discovery: publish io.meshery.discovery.cluster.seen.v1',
            'connections: handle io.meshery.discovery.cluster.seen.v1',
            'connections: handle io.meshery.discovery.snapshot.completed.v1',
            'notifications: log events',
          ]),
        );
        // One tree: only the caller's own span is not ours.
        expect(
          spans.filter(({ parentSpanId }) => !byId.has(parentSpanId ?? '')).map(({ parentSpanId }) => parentSpanId),
        ).toEqual([CALLER]);
        for (const { type, source, parentid } of events) {
          expect([type, byId.get(parentid)]).toEqual([
            type,
            expect.objectContaining({ service: source.split(':').at(-1), name: expect.stringMatching(/^append /) }),
          ]);
          // What was published, and who handled it, hang below the span that recorded it.
          const published = spans.filter((span) => span.parentSpanId === parentid && span.name === `publish ${type}`);
          expect([type, published.length]).toEqual([type, published.length || 'at least 1']);
        }
      },
      { timeoutMs: 15_000, intervalMs: 200 },
    );
  }, 60_000);

  it('carries on to the person who is told of what followed', async () => {
    const { id } = await connectionIn(system, 'wake', 'connected');
    await cluster.stop();
    await connectionIn(system, 'wake', 'disconnected');
    const [raised] = await eventually(async () => {
      const found = await eventsOf('type=io.meshery.notifications.notification.raised.v1');
      expect(found.map(({ actedupon }) => actedupon)).toEqual([id]);
      return found;
    });
    const [cause] = (await eventsOf(`correlationId=${raised.correlationid}`)).filter(
      (event) => event.id === raised.causationid,
    );
    expect(cause).toMatchObject({ type: 'io.meshery.connections.connection.disconnected.v1', traceid: raised.traceid });
    // Nobody asked for this one: it is an operation, and a trace, of its own.
    expect(raised.traceid).not.toBe(TRACE_ID);
    await eventually(
      () => {
        const append = spansOf(raised.traceid).find(({ spanId }) => spanId === raised.parentid);
        expect(append).toMatchObject({ service: 'notifications', name: 'append notification' });
      },
      { timeoutMs: 15_000, intervalMs: 200 },
    );
  }, 60_000);

  it.each(['4bf92f35-77b3-4da6-a3ce-929d0e0e4737', '4BF92F3577B34DA6A3CE929D0E0E4737'])(
    'joins the trace that its caller names by the identifier %s',
    async (traceId) => {
      const answer = await system.call('GET', '/api/connections', { headers: { 'trace-id': traceId } });
      expect(answer.headers.get('x-trace-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4737');
    },
  );

  it('sends spans as the protocol wants them', async () => {
    await system.stop();
    expect(collector.findings).toEqual([]);
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(
      new Set(['gateway', 'connections', 'discovery', 'notifications']),
    );
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(collector.spans.length);
  }, 60_000);
});
