import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { readTraces, type Span } from './otlp-traces.ts';

/** A receiver of OTLP over HTTP that answers 400 to whatever the protocol does not allow, and keeps what it found. */
export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly Span[];
  readonly findings: readonly string[];
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: Span[] = [];
  const findings: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { 'content-encoding': encoding, 'content-type': type } = request.headers;
      const asked = `${String(request.method)} ${String(request.url)} ${String(type)}`;
      const read =
        asked === 'POST /v1/traces application/json'
          ? readTraces((encoding === 'gzip' ? gunzipSync(body) : body).toString('utf8'))
          : { spans: [], findings: [asked] };
      spans.push(...read.spans);
      findings.push(...read.findings);
      response.writeHead(read.findings.length === 0 ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    findings,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
