import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@mooring/testing';
import { startInProcess } from '../src/index.ts';
import { widgets } from './widgets.ts';

/** A collector that answers as it is told, request by request, and counts spans. */
async function startCollector(answer: (request: number, response: ServerResponse) => void) {
  const names: string[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests += 1;
      const document = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      for (const { scopeSpans } of document.resourceSpans)
        for (const { spans } of scopeSpans) names.push(...spans.map(({ name }: { name: string }) => name));
      answer(requests, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    names,
    requests: () => requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('spans', () => {
  it('are sent again when the collector asks for that, and arrive', async () => {
    await using collector = await startCollector((request, response) => {
      if (request === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await using service = await startInProcess(widgets(), { greeting: '', otlpEndpoint: collector.url });
    await service.call('GET', '/api/widgets');
    await eventually(() => expect(collector.requests()).toBeGreaterThan(1), { timeoutMs: 20_000 });
    // The first was refused, so the second is the same once more.
    expect(collector.names.filter((name) => name === 'GET /api/widgets')).toHaveLength(2);
  });

  it('hold up neither requests nor the stop when the collector never answers', async () => {
    await using collector = await startCollector(() => undefined);
    const service = await startInProcess(widgets(), { greeting: '', otlpEndpoint: collector.url });
    for (let count = 0; count < 20; count += 1) expect((await service.call('GET', '/api/widgets')).status).toBe(200);
    const startedAt = performance.now();
    expect(await service.destroy()).toMatchObject({ drained: true });
    // Two seconds for the last spans, and what a busy machine takes.
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });
});
