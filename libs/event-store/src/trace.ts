import { isSpanContextValid, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import { formatTraceparent, messageOf, randomUuid } from '@mooring/kernel';
import type { NewEvent } from './event.ts';
import type { Appended } from './port.ts';
import { parseStreamName } from './stream-name.ts';

/** The library's own tracer: of whatever provider the process registers, or none. */
export const defaultTracer = (): Tracer => trace.getTracer('@mooring/event-store');

type TracedEvent = NewEvent & { readonly metadata: { readonly traceparent: string } };

/**
 * Runs one append in a span `append <category>`, child of the active one, whose ids go into the metadata of the events. Without
 * a tracing provider the active context's ids are used, or fresh random ones: a stored event always has a valid trace.
 */
export async function traceAppend(
  tracer: Tracer,
  streamName: string,
  events: readonly NewEvent[],
  append: (events: readonly TracedEvent[]) => Promise<Omit<Appended, 'traceparent'>>,
): Promise<Appended> {
  const category = parseStreamName(streamName)?.category ?? streamName;
  const attributes = { 'db.system': 'eventstoredb', 'mooring.stream': streamName, 'mooring.events': events.length };
  return tracer.startActiveSpan(`append ${category}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const traceparent = traceparentOf(span);
    try {
      const traced = events.map((event) => ({ ...event, metadata: { traceparent, ...event.metadata } }));
      return { ...(await append(traced)), traceparent };
    } catch (thrown) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(thrown) });
      throw thrown;
    } finally {
      span.end();
    }
  });
}

function traceparentOf(span: Span): string {
  const context = span.spanContext();
  if (isSpanContextValid(context)) {
    return formatTraceparent({
      traceId: context.traceId,
      spanId: context.spanId,
      sampled: (context.traceFlags & 1) === 1,
    });
  }
  const digits = (): string => randomUuid().replaceAll('-', '');
  return formatTraceparent({ traceId: digits(), spanId: digits().slice(0, 16), sampled: false });
}
