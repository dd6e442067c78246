import { describe, expect, it } from '@jest/globals';
import { eventually } from '@mooring/testing';
import { parseTraceparent } from '@mooring/kernel';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startGateway, startUpstream, TOKEN, type TestUpstreams } from './upstreams.ts';

const NOWHERE = 'http://127.0.0.1:1';
const all = (url: string): TestUpstreams => ({ connections: url, discovery: url, notifications: url, console: url });
const MIB = 1024 * 1024;

describe('forwarding', () => {
  it('leads each path to its service, as it was sent', async () => {
    await using a = await startUpstream('connections');
    await using b = await startUpstream('discovery');
    await using c = await startUpstream('notifications');
    await using d = await startUpstream('console');
    await using gateway = await startGateway({
      connections: a.url,
      discovery: b.url,
      notifications: c.url,
      console: d.url,
    });
    const served: Record<string, readonly string[]> = {
      connections: ['/api/imports', '/api/connections/x/history?limit=1&cursor=a%2Fb', '/api/connections/a%2Fb//c'],
      discovery: ['/api/clusters', '/api/resources?label=a%3Db'],
      notifications: ['/api/events?x=%20', '/api/events/stream', '/api/notifications'],
      console: ['/', '/assets/app.js?v=1', '/apiary'],
    };
    for (const [name, paths] of Object.entries(served))
      for (const path of paths) expect(await (await gateway.ask(path)).json()).toMatchObject({ name, url: path });
  });

  it('passes methods, headers and bodies, and joins the trace', async () => {
    await using upstream = await startUpstream('any');
    await using gateway = await startGateway(all(upstream.url));
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const response = await gateway.ask('/api/connections/1', {
      method: 'PATCH',
      body: '{"a": 1}',
      headers: {
        'content-type': 'application/merge-patch+json',
        'idempotency-key': 'k',
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
    });
    const { method, headers, body } = (await response.json()) as {
      method: string;
      headers: Record<string, string>;
      body: string;
    };
    expect({ method, body }).toEqual({ method: 'PATCH', body: '{"a": 1}' });
    expect(headers).toMatchObject({ 'content-type': 'application/merge-patch+json', 'idempotency-key': 'k' });
    const parent = parseTraceparent(headers['traceparent']);
    expect(parent?.traceId).toBe(traceId);
    expect(parent?.spanId).not.toBe('00f067aa0ba902b7');
    expect(response.headers.get('x-trace-id')).toBe(traceId);
  });

  it('gives the service’s own refusals as they are', async () => {
    await using upstream = await startUpstream('any', (http) => {
      http.get('/api/connections/1', (_request, reply) => reply.redirect('/api/connections/2', 308));
      http.get('/api/connections/3', (_request, reply) =>
        reply
          .status(503)
          .type('application/problem+json')
          .header('retry-after', '9')
          .send('{"code":"outcome-unknown"}'),
      );
    });
    await using gateway = await startGateway(all(upstream.url));
    const moved = await gateway.ask('/api/connections/1');
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/api/connections/2']);
    const refused = await gateway.ask('/api/connections/3');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '9']);
    expect(upstream.requests.filter(({ url }) => url === '/api/connections/3')).toHaveLength(1);
  });

  it.each([
    ['/api/imports', 5 * MIB],
    ['/api/connections', MIB],
  ])('takes bodies at %s up to %i bytes, told or not', async (path, bytesMax) => {
    await using upstream = await startUpstream('any');
    await using gateway = await startGateway(all(upstream.url));
    const send = (bytes: number, chunked: boolean): Promise<Response> => {
      const body = new Blob(['x'.repeat(bytes)]);
      const headers = { 'content-type': 'text/plain' };
      return gateway.ask(path, {
        method: 'POST',
        headers,
        body: chunked ? body.stream() : body,
        ...(chunked ? { duplex: 'half' } : {}),
      });
    };
    for (const chunked of [false, true]) {
      expect((await send(bytesMax, chunked)).status).toBe(200);
      const refused = await send(bytesMax + 1, chunked);
      expect(refused.status).toBe(413);
      expect(await refused.json()).toMatchObject({ code: 'body-too-large' });
    }
  });
});

describe('a service that does not answer', () => {
  it('is named, with 503 and Retry-After', async () => {
    await using gateway = await startGateway(all(NOWHERE));
    for (const method of ['GET', 'POST']) {
      const response = await gateway.ask('/api/clusters', { method });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await response.json()).toMatchObject({ code: 'unavailable', service: 'discovery' });
    }
  });

  it('times out: a read may be repeated, of a command the outcome is unknown', async () => {
    await using silent = await startUpstream('any', (http) =>
      http.all('/api/connections', () => new Promise(() => undefined)),
    );
    await using gateway = await startGateway(all(silent.url), { upstreamTimeoutMs: 200 });
    const read = await gateway.ask('/api/connections');
    expect(read.status).toBe(503);
    expect(await read.json()).toMatchObject({ code: 'timeout', service: 'connections' });
    const command = await gateway.ask('/api/connections', { method: 'POST', body: '{}' });
    expect(command.status).toBe(503);
    expect(await command.json()).toMatchObject({ code: 'outcome-unknown', service: 'connections' });
  });

  it('hangs up: before an answer 503, within one the caller’s connection is cut', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        if (data.includes('/midway')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
        setImmediate(() => socket.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using gateway = await startGateway(all(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    const response = await gateway.ask('/api/connections', { method: 'POST', body: '{}' });
    expect(await response.json()).toMatchObject({ status: 503, code: 'outcome-unknown' });
    await expect(gateway.ask('/api/connections/midway').then((answer) => answer.text())).rejects.toThrow();
    server.close();
  });

  it('keeps the gateway from being ready, with the reason', async () => {
    await using upstream = await startUpstream('any', (http) => http.get('/api/x', () => ''));
    await using gateway = await startGateway({ ...all(upstream.url), discovery: NOWHERE });
    const response = await fetch(`${gateway.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      contributors: expect.arrayContaining([
        { name: 'connections', ready: true },
        { name: 'discovery', ready: false, message: 'does not answer' },
      ]),
    });
  });
});

const openStream = async (url: string): Promise<IncomingMessage> => {
  const outgoing = request(`${url}/api/events/stream`, {
    headers: { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' },
    agent: false,
  }).end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer;
};

/** Leaves of memory what is in use, so that it can be judged. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('event streams', () => {
  it('begin before the first event and pass each one as it comes, however long the silence', async () => {
    let write: (text: string) => void = () => undefined;
    await using upstream = await startUpstream('any', (http) =>
      http.get('/api/events/stream', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        reply.raw.flushHeaders();
        write = (text) => reply.raw.write(text);
      }),
    );
    await using gateway = await startGateway(all(upstream.url), { upstreamTimeoutMs: 100 });
    const answer = await openStream(gateway.url);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const startedAt = performance.now();
    await eventually(() => performance.now() - startedAt > 400);
    for (const text of ['id: 1\ndata: a\n\n', 'id: 2\ndata: b\n\n']) {
      write(text);
      const [chunk] = (await once(answer, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(text);
    }
    answer.destroy();
  });

  it('end at the service when the caller leaves', async () => {
    let left = 0;
    await using upstream = await startUpstream('any', (http) =>
      http.get('/api/events/stream', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        reply.raw.on('close', () => (left += 1));
      }),
    );
    await using gateway = await startGateway(all(upstream.url));
    const answers = await Promise.all(Array.from({ length: 20 }, () => openStream(gateway.url)));
    for (const answer of answers) answer.destroy();
    await eventually(() => expect(left).toBe(20));
  });

  it('a request whose caller leaves before the answer ends at the service too', async () => {
    let state = 'none';
    await using upstream = await startUpstream('any', (http) =>
      http.get('/api/connections', (_request, reply) => {
        state = 'asked';
        reply.raw.on('close', () => (state = 'left'));
        return new Promise(() => undefined);
      }),
    );
    await using gateway = await startGateway(all(upstream.url));
    const caller = new AbortController();
    const asked = gateway.ask('/api/connections', { signal: caller.signal }).catch(() => 'aborted');
    await eventually(() => state === 'asked');
    caller.abort();
    expect(await asked).toBe('aborted');
    await eventually(() => state === 'left');
  });

  it('end in an orderly way when the gateway stops', async () => {
    await using upstream = await startUpstream('any', (http) =>
      http.get('/api/events/stream', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      }),
    );
    await using gateway = await startGateway(all(upstream.url));
    const answer = await openStream(gateway.url);
    const ended = once(answer.resume(), 'end');
    expect(await gateway.service.destroy()).toEqual({ drained: true });
    await ended;
  });

  it('whose readers are slow hold the service back instead of filling memory', async () => {
    const CLIENTS = 30;
    const chunk = `data: ${'x'.repeat(64 * 1024)}\n\n`;
    let written = 0;
    await using upstream = await startUpstream('any', (http) =>
      http.get('/api/events/stream', (_request, reply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
        const fill = (): void => {
          let hasRoom = true;
          while (hasRoom && !reply.raw.destroyed) {
            hasRoom = reply.raw.write(chunk);
            written += chunk.length;
          }
        };
        reply.raw.on('drain', fill);
        fill();
      }),
    );
    await using gateway = await startGateway(all(upstream.url));
    // Nobody reads: whatever is written lies in some buffer.
    const answers = await Promise.all(Array.from({ length: CLIENTS }, () => openStream(gateway.url)));
    let before = -1;
    await eventually(
      () => {
        const settled = written === before;
        before = written;
        return settled;
      },
      { intervalMs: 500, timeoutMs: 20_000 },
    );
    // Of the kernel's four socket buffers for each, some MiB at most; an unbounded buffer would never settle.
    collectGarbage();
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(CLIENTS * 4 * MIB);
    for (const answer of answers) answer.destroy();
  }, 30_000);
});
