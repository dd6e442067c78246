import { formatTraceparent, parseTraceparent } from '@mooring/kernel';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  context,
  isSpanContextValid,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';

const tracer = () => trace.getTracer('@mooring/messaging');

/** The span that a `traceparent` names; `undefined` where it names none. */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (parsed === undefined) return undefined;
  const { traceId, spanId, sampled } = parsed;
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

function childOf(traceparent: string | undefined): Context {
  const parent = spanContextOf(traceparent);
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}

/** The `traceparent` that makes `span` the parent; `otherwise` where nobody traces. */
export function traceparentOf(span: Span, otherwise: string): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return isSpanContextValid(span.spanContext())
    ? formatTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 })
    : otherwise;
}

/** A span of the relay, under the span that recorded the event. Its owner ends it. */
export const startPublishSpan = (type: string, traceparent: string, attributes: Record<string, string>): Span =>
  tracer().startSpan(`publish ${type}`, { kind: SpanKind.PRODUCER, attributes }, childOf(traceparent));

/**
 * Runs one try of a handler inside the span `handle <type>`: a child of the message's trace context, linked to the span that
 * the event itself was emitted from.
 */
export function inHandlerSpan<T>(
  type: string,
  parents: { readonly message: string | undefined; readonly event: string },
  attributes: Record<string, string | number>,
  work: () => Promise<T>,
): Promise<T> {
  const emitter = spanContextOf(parents.event);
  const links: Link[] = emitter === undefined ? [] : [{ context: emitter }];
  const parent = childOf(parents.message ?? parents.event);
  const span = tracer().startSpan(`handle ${type}`, { kind: SpanKind.CONSUMER, attributes, links }, parent);
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      return await work();
    } catch (thrown) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: thrown instanceof Error ? thrown.message : String(thrown) });
      throw thrown;
    } finally {
      span.end();
    }
  });
}
