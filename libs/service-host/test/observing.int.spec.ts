import { describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { createLogger, startInProcess } from '../src/index.ts';
import { part, widgets } from './widgets.ts';
import { eventually } from '@mooring/testing';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('readiness', () => {
  it('tells each part, and 503 as long as one is not ready', async () => {
    const slow = { ready: false, message: '7 events behind' };
    const broken = { name: 'broken', check: () => Promise.reject(new Error('token=hunter2 refused')) };
    await using service = await startInProcess(
      widgets({ readiness: [part('bus', { ready: true }), part('relay', slow), broken] }),
      { greeting: '' },
    );
    const { status, body } = await service.call('GET', '/readyz');
    expect(status).toBe(503);
    expect(body).toEqual({
      ready: false,
      contributors: [
        { name: 'process', ready: true },
        { name: 'bus', ready: true },
        { name: 'relay', ready: false, message: '7 events behind' },
        { name: 'broken', ready: false, message: expect.not.stringContaining('hunter2') },
      ],
    });
    expect((await service.call('GET', '/livez')).status).toBe(200);
    slow.ready = true;
    broken.check = () => Promise.resolve({ ready: true }) as never;
    expect((await service.call('GET', '/readyz')).status).toBe(200);
  });
});

describe('metrics', () => {
  it('count requests by route pattern and status', async () => {
    await using service = await startInProcess(widgets(), { greeting: '' });
    await service.call('GET', '/api/widgets/failing/limit');
    await eventually(async () => {
      const { body } = await service.call('GET', '/metrics');
      expect(body).toContain(
        'http_server_request_duration_seconds_count{service="widgets",method="GET",route="/api/widgets/failing/:code",status="413"} 1',
      );
      expect(body).toContain('process_cpu_seconds_total');
    });
  });
});

describe('a request', () => {
  it('is one server span of the caller’s trace, and its log lines and problem name it', async () => {
    const spans = new InMemorySpanExporter();
    const lines: string[] = [];
    const log = createLogger({
      service: 'widgets',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    });
    await using service = await startInProcess(
      widgets(),
      { greeting: '' },
      { log, spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] },
    );
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01` };
    const failed = await service.call('GET', '/api/widgets/failing/bug', { headers });
    expect(failed.body).toMatchObject({ traceId: TRACE });
    const made = await service.call('POST', '/api/widgets', { headers, body: { name: 'w', size: 'small', parts: [] } });
    expect(made.status).toBe(201);
    const asked = await service.call('GET', '/api/widgets/context', { headers });
    await eventually(() => {
      const mine = spans.getFinishedSpans().filter((span) => span.spanContext().traceId === TRACE);
      expect(mine.map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId])).toEqual([
        ['GET /api/widgets/failing/:code', SPAN],
        ['POST /api/widgets', SPAN],
        ['GET /api/widgets/context', SPAN],
      ]);
      expect(asked.body).toMatchObject({ traceparent: `00-${TRACE}-${mine[2]?.spanContext().spanId ?? ''}-01` });
    });
    const line = JSON.parse(lines.find((text) => text.includes('request failed')) ?? '{}') as Record<string, unknown>;
    expect(line).toMatchObject({
      level: 'error',
      traceId: TRACE,
      route: '/api/widgets/failing/:code',
      err: { type: 'TypeError' },
    });
    expect(JSON.stringify(line)).not.toContain('hunter2');
  });

  it('joins a trace that a UUID names, and starts one without', async () => {
    await using service = await startInProcess(widgets(), { greeting: '' });
    const uuid = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736';
    const joined = await service.call('GET', '/api/widgets/context', { headers: { 'X-Trace-Id': uuid } });
    expect(joined.body).toMatchObject({ traceId: TRACE });
    const own = await service.call('GET', '/api/widgets/context');
    expect(own.body).toMatchObject({ traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) });
  });
});
