import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { once } from 'node:events';

/** A span as a collector got it; ids in lower-case hex. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** An OpenTelemetry collector for OTLP over HTTP in JSON. It takes nothing that the protocol does not allow. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Everything that was sent, as text. */
  readonly texts: readonly string[];
  /** What was not as OTLP wants it. */
  readonly findings: readonly string[];
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const texts: string[] = [];
  const findings: string[] = [];

  const take = (text: string): void => {
    texts.push(text);
    for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
      const service = resource.attributes.find(({ key }: { key: string }) => key === 'service.name').value.stringValue;
      for (const span of scopeSpans.flatMap((scope: { spans: unknown[] }) => scope.spans)) {
        const isSpan =
          /^[0-9a-f]{32}$/.test(span.traceId) &&
          /^[0-9a-f]{16}$/.test(span.spanId) &&
          /^[1-9][0-9]*$/.test(span.startTimeUnixNano) &&
          BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano);
        if (!isSpan) findings.push(JSON.stringify(span));
        spans.push({ ...span, service, parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId });
      }
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      try {
        if (request.method !== 'POST' || request.url !== '/v1/traces')
          throw new Error(`${request.method} ${request.url}`);
        if (request.headers['content-type'] !== 'application/json') throw new Error(request.headers['content-type']);
        take((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8'));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      } catch (thrown) {
        findings.push(String(thrown));
        response.writeHead(400).end();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the collector has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    texts,
    findings,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
