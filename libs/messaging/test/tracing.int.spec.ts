import { context, trace, type SpanContext } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { WatchBegun } from '@mooring/contracts';
import { createInMemoryEventStore } from '@mooring/event-store';
import { randomUuid } from '@mooring/kernel';
import { eventually } from '@mooring/testing';
import { createConsumer, runRelay, sourceOf } from '../src/index.ts';
import { TRACEPARENT, toCloudEvent, watchBegun } from './events.ts';
import { startOpenNats } from './harness.ts';

describe('one trace', () => {
  const exporter = new InMemorySpanExporter();
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
    );
  });
  afterAll(() => {
    trace.disable();
    context.disable();
  });

  it('goes from the span that recorded an event over the relay to its handler, which is linked to the event', async () => {
    await using open = await startOpenNats();
    await using store = createInMemoryEventStore();
    const stopping = new AbortController();
    const inHandler: (SpanContext | undefined)[] = [];
    const consumer = createConsumer({
      bus: open.bus,
      consumer: 'connections',
      sources: [sourceOf({ consumer: 'connections', producer: 'discovery' })],
      wanted: () => true,
      handle: () => {
        inHandler.push(trace.getActiveSpan()?.spanContext());
        return Promise.resolve();
      },
    });
    const event = watchBegun(randomUuid(), 1);
    await store.append(`watch-${randomUuid()}`, 'no_stream', [event]);
    const relay = runRelay({
      bus: open.bus,
      producer: 'discovery',
      store,
      prefixes: ['watch-'],
      toCloudEvent,
      signal: stopping.signal,
    });
    const spanNamed = (name: string) => exporter.getFinishedSpans().find((span) => span.name === name);
    const handled = await eventually(() => spanNamed(`handle ${WatchBegun.type}`) ?? false);
    const published = await eventually(() => spanNamed(`publish ${WatchBegun.type}`) ?? false);
    stopping.abort();
    await relay;
    await consumer.close(1_000);

    const [, traceId, recordedIn] = TRACEPARENT.split('-');
    expect([published, handled].map((span) => span.spanContext().traceId)).toEqual([traceId, traceId]);
    expect(published.parentSpanContext?.spanId).toBe(recordedIn);
    expect(handled.parentSpanContext?.spanId).toBe(published.spanContext().spanId);
    expect(handled.links.map((link) => link.context.spanId)).toEqual([recordedIn]);
    expect(inHandler[0]?.spanId).toBe(handled.spanContext().spanId);
  });
});
