import { formatTraceparent, messageOf, parseTraceparent } from '@mooring/kernel';
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

async function inSpan<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      return await work();
    } catch (thrown) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(thrown) });
      throw thrown;
    } finally {
      span.end();
    }
  });
}

const linksTo = (traceparents: readonly string[]): Link[] =>
  traceparents.flatMap((traceparent) => {
    const emitter = spanContextOf(traceparent);
    return emitter === undefined ? [] : [{ context: emitter }];
  });

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
  const parent = childOf(parents.message ?? parents.event);
  const links = linksTo([parents.event]);
  return inSpan(
    tracer().startSpan(`handle ${type}`, { kind: SpanKind.CONSUMER, attributes, links }, parent),
    parent,
    work,
  );
}

/** OpenTelemetry drops links beyond this number by default. */
const LINKS_MAX = 128;

/** Runs a batch inside a span of its own, linked to where its events come from: it has no one parent. */
export function inBatchSpan<T>(stream: string, emitters: readonly string[], work: () => Promise<T>): Promise<T> {
  const span = tracer().startSpan(
    `handle batch of ${stream}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: { 'messaging.batch.message_count': emitters.length },
      links: linksTo(emitters.slice(0, LINKS_MAX)),
    },
    ROOT_CONTEXT,
  );
  return inSpan(span, ROOT_CONTEXT, work);
}

/** Runs what one event of a batch leads to inside a span of that event's trace, below the span that it was emitted from. */
export function inSpanOf<T>(name: string, traceparent: string, work: () => Promise<T>): Promise<T> {
  const parent = childOf(traceparent);
  return inSpan(tracer().startSpan(name, { kind: SpanKind.CONSUMER }, parent), parent, work);
}

/**
 * Runs what is done for many events at once, with a span in each of their traces: below where the trace's first event was
 * emitted from, linked to where its others were. A trace so shows who took its events, however they were taken together.
 */
export async function inSpansOf<T>(name: string, traceparents: readonly string[], work: () => Promise<T>): Promise<T> {
  const byTrace = new Map<string, string[]>();
  for (const traceparent of traceparents) {
    const traceId = spanContextOf(traceparent)?.traceId ?? '';
    byTrace.set(traceId, [...(byTrace.get(traceId) ?? []), traceparent]);
  }
  const spans = [...byTrace.values()].map(([first, ...others]) =>
    tracer().startSpan(
      name,
      {
        kind: SpanKind.CONSUMER,
        attributes: { 'messaging.batch.message_count': 1 + others.length },
        links: linksTo(others.slice(0, LINKS_MAX)),
      },
      childOf(first),
    ),
  );
  try {
    return await work();
  } catch (thrown) {
    for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(thrown) });
    throw thrown;
  } finally {
    for (const span of spans) span.end();
  }
}
