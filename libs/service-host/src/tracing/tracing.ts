import { withTimeout } from '@mooring/kernel';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  /** Base URL of an OTLP/HTTP collector; absent: spans get ids and are not sent anywhere. */
  readonly otlpEndpoint?: string | undefined;
  /** For tests, to look at finished spans. */
  readonly processors?: readonly SpanProcessor[];
}

/** Tracing of one service in this process. Disposing sends what is left, for at most 2 s. */
export interface Tracing extends AsyncDisposable {
  readonly provider: TracerProvider;
}

/** What is global in OpenTelemetry's API, set once per process: how contexts follow asynchronous calls, and the W3C headers. */
function registerGlobals(provider: TracerProvider): void {
  // Each `setGlobal…` of the API refuses, with `false`, when there is one: the first service in a process wins, which
  // only tests notice, since they run several; each service makes its own server spans with its own provider.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
}

const FLUSH_TIMEOUT_MS = 2_000;
const EXPORT_TIMEOUT_MS = 5_000;

/**
 * Always samples, since an event needs the ids of its trace whether or not anybody collects spans. Every span has valid ids
 * also without an exporter.
 */
export function createTracing({ service, version, otlpEndpoint, processors = [] }: TracingOptions): Tracing {
  const exporting =
    otlpEndpoint === undefined
      ? []
      : [
          new BatchSpanProcessor({
            exporter: new OTLPTraceExporter({
              url: `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`,
              timeoutMillis: EXPORT_TIMEOUT_MS,
            }),
            exportTimeoutMillis: EXPORT_TIMEOUT_MS,
          }),
        ];
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [...processors, ...exporting],
  });
  registerGlobals(provider);
  return {
    provider,
    async [Symbol.asyncDispose]() {
      // A collector that is away must neither fail a stop nor hold it up.
      await withTimeout(FLUSH_TIMEOUT_MS, 'timeout', 'sending spans', () => provider.shutdown()).catch(() => undefined);
    },
  };
}
