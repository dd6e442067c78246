import { context, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { parseTraceparent, randomUuid } from '@mooring/kernel';
import { createInMemoryEventStore, type NewEvent } from './index.ts';

const newEvent = (): NewEvent => ({
  id: randomUuid(),
  type: 'Counted',
  data: {},
  metadata: { $correlationId: 'op', schemaVersion: 1, systemId: 'test' },
});

const parent = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
};
const underParent = <T>(work: () => Promise<T>): Promise<T> =>
  context.with(trace.setSpanContext(context.active(), parent), work);

describe('the trace of an append', () => {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => {
    context.disable();
  });

  it('is a span under the active one, whose ids the stored event carries', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({
      sampler: new AlwaysOnSampler(),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    });
    const store = createInMemoryEventStore({ tracer: provider.getTracer('test') });
    const { traceparent } = await underParent(() => store.append('thing-1', 'no_stream', [newEvent()]));
    await expect(store.append('thing-1', 'no_stream', [newEvent()])).rejects.toMatchObject({ code: 'conflict' });
    await provider.forceFlush();
    const [span, failed] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: 'append thing', parentSpanContext: { spanId: parent.spanId } });
    expect(parseTraceparent(traceparent)).toEqual({
      traceId: parent.traceId,
      spanId: span?.spanContext().spanId,
      sampled: true,
    });
    expect(failed?.status).toMatchObject({ message: expect.stringContaining('thing-1') });
  });

  it('is the active context where nothing traces', async () => {
    const store = createInMemoryEventStore();
    const { traceparent } = await underParent(() => store.append('thing-1', 'no_stream', [newEvent()]));
    expect(parseTraceparent(traceparent)).toEqual({ traceId: parent.traceId, spanId: parent.spanId, sampled: true });
  });

  it('is valid and new where there is none at all', async () => {
    const store = createInMemoryEventStore();
    const made = [
      await store.append('thing-1', 'no_stream', [newEvent()]),
      await store.append('thing-1', 0n, [newEvent()]),
    ].map(({ traceparent }) => parseTraceparent(traceparent)?.traceId);
    expect(made).not.toContain(undefined);
    expect(new Set(made).size).toBe(2);
  });
});
