import { context, isSpanContextValid, trace, TraceFlags, type Context } from '@opentelemetry/api';
import type { TraceContext } from '@mooring/kernel';

/** The trace and span that the current code runs in, or that `within` carries; `undefined` outside of any. */
export function activeTrace(within: Context = context.active()): TraceContext | undefined {
  const span = trace.getSpanContext(within);
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    sampled: (span.traceFlags & TraceFlags.SAMPLED) !== 0,
  };
}
