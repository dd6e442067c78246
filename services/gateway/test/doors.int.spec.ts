import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { startGateway, startUpstream, TOKEN, USER, type FakeUpstream, type TestGateway } from './upstreams.ts';

let upstream: FakeUpstream;
let gateway: TestGateway;
const open = new AsyncDisposableStack();
afterAll(() => open.disposeAsync());
beforeAll(async () => {
  upstream = open.use(
    await startUpstream('any', (http) => {
      http.get('/', (_request, reply) =>
        reply.type('text/html').header('content-security-policy', 'script-src *').send('<p>console</p>'),
      );
    }),
  );
  const { url } = upstream;
  const urls = { connections: url, discovery: url, notifications: url, console: url };
  gateway = open.use(await startGateway(urls, { allowedHosts: ['mooring.example', 'other.example:8443'] }));
});

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** `fetch` would not send such headers. */
const raw = (path: string, headers: Record<string, string>, method = 'GET'): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(gateway.url);
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject).end();
  });

const BEARER = { authorization: `Bearer ${TOKEN}` };
const portOf = (url: string): string => new URL(url).port;

describe('the token', () => {
  it.each<readonly [string, Record<string, string>]>([
    ['none', {}],
    ['a wrong one', { authorization: `Bearer ${TOKEN.slice(1)}x` }],
    ['a part of it', { authorization: `Bearer ${TOKEN.slice(1)}` }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['a wrong cookie', { cookie: 'mooring_token=x' }],
    ['a cookie of another name', { cookie: `xmooring_token=${TOKEN}; other=1` }],
    ['a wrong one beside a right cookie', { authorization: 'Bearer x', cookie: `mooring_token=${TOKEN}` }],
    ['an internal header', { 'x-mooring-internal': TOKEN, 'x-mooring-user': USER }],
  ])('is needed by the API: %s', async (_what, headers) => {
    const before = upstream.requests.length;
    const answer = await raw('/api/connections', headers);
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect(JSON.parse(answer.text)).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(upstream.requests).toHaveLength(before);
  });

  it.each<readonly [string, Record<string, string>]>([
    ['Authorization', BEARER],
    ['the cookie', { cookie: `a=b; mooring_token=${TOKEN}` }],
  ])('is taken from %s', async (_what, headers) => expect((await raw('/api/connections', headers)).status).toBe(200));

  it('is needed by the page, which says how to get the link', async () => {
    const answer = await raw('/', {});
    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.text).toContain('npm start');
    expect(answer.text).not.toContain('console');
    expect((await raw('/?token=wrong', {})).status).toBe(401);
  });

  it('leaves the address bar for a cookie', async () => {
    const answer = await raw(`/?token=${TOKEN}`, {});
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toBe('/');
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^mooring_token=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    expect((await raw('/', { cookie: cookie.split(';')[0] ?? '' })).text).toBe('<p>console</p>');
  });

  it('is taken from the address nowhere else', async () => {
    expect((await raw(`/api/connections?token=${TOKEN}`, {})).status).toBe(401);
    expect((await raw(`/?token=${TOKEN}`, {}, 'POST')).status).toBe(401);
  });

  it('is not passed on, and neither is what the caller says as if it were the gateway', async () => {
    const { text } = await raw('/api/connections', {
      ...BEARER,
      cookie: `mooring_token=${TOKEN}`,
      'x-mooring-user': 'somebody-else',
      'x-mooring-internal': 'guess',
      'x-mooring-other': '1',
      'x-forwarded-for': '1.2.3.4',
    });
    const { headers } = JSON.parse(text) as { headers: Record<string, string> };
    expect(text).not.toContain(TOKEN);
    expect(headers).toMatchObject({
      'x-mooring-user': USER,
      'x-mooring-internal': gateway.service.config.internalSecret.reveal(),
    });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['x-mooring-other']));
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('x-forwarded-for');
  });
});

describe('the Host header', () => {
  it.each(['evil.example', 'localhost', 'localhost:1', '127.0.0.1.evil.example', 'mooring.example:81'])(
    'is refused when it is %j',
    async (host) => {
      const answer = await raw('/api/connections', { ...BEARER, host });
      expect(answer.status).toBe(421);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'wrong-host' });
      expect((await raw(`/?token=${TOKEN}`, { host })).headers['set-cookie']).toBeUndefined();
    },
  );

  it('may be a loopback name with the port, or a configured name', async () => {
    const port = portOf(gateway.url);
    for (const host of [
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      'mooring.example',
      'other.example:8443',
    ])
      expect((await raw('/api/connections', { ...BEARER, host })).status).toBe(200);
  });
});

describe('the Origin header', () => {
  const own = () => `http://127.0.0.1:${portOf(gateway.url)}`;
  const SSE = { accept: 'text/event-stream' };

  it.each<readonly [string, string, Record<string, string>]>([
    ['a foreign one that posts', 'POST', { origin: 'http://evil.example' }],
    ['none at all from a page that posts', 'POST', { origin: 'null' }],
    ['the same name on another port', 'DELETE', { origin: 'http://127.0.0.1:1' }],
    ['a foreign event stream', 'GET', { ...SSE, origin: 'http://evil.example' }],
    ['a foreign site without an origin', 'GET', { ...SSE, 'sec-fetch-site': 'cross-site' }],
    ['a neighbour site that posts', 'POST', { 'sec-fetch-site': 'same-site' }],
  ])('is refused: %s', async (_what, method, headers) => {
    const answer = await raw('/api/events/stream', { ...BEARER, ...headers }, method);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'wrong-origin' });
  });

  it('is fine when it is ours, or when there is none', async () => {
    const page = { ...BEARER, origin: own(), 'sec-fetch-site': 'same-origin' };
    expect((await raw('/api/connections', page, 'POST')).status).toBe(200);
    expect((await raw('/api/events/stream', { ...page, ...SSE })).status).toBe(200);
    expect((await raw('/api/connections', BEARER, 'POST')).status).toBe(200);
    expect((await raw('/api/connections', { ...BEARER, origin: 'http://evil.example' })).status).toBe(200);
  });

  it('gets no leave to read answers', async () => {
    const { headers } = await raw('/api/connections', { ...BEARER, origin: 'http://evil.example' });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('answers', () => {
  it('carry the gateway’s security headers, whatever the service says', async () => {
    const page = await raw('/', BEARER);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'self'/);
    expect(page.headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
    const data = await raw('/api/connections', BEARER);
    expect(data.headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(data.headers).not.toHaveProperty('x-mooring-inner');
    const refused = await raw('/api/connections', {});
    expect(refused.headers['x-content-type-options']).toBe('nosniff');
  });

  it.each(['/api/connections/../../metrics', '/api/connections/%2e%2e/x', '/./x', '/a/%2E'])(
    'refuse %s',
    async (path) => expect((await raw(path, BEARER)).status).toBe(400),
  );

  it.each(['/api', '/api/', '/api/nothing', '/api/constructor', '/api/connectionsX'])('404 at %s', async (path) => {
    const answer = await raw(path, BEARER);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'no-such-path' });
  });

  it.each(
    ['/x', '/api/openapi.json', '/api/asyncapi.json', '/api/schemas/any'].flatMap((path) =>
      ['POST', 'DELETE', 'QUERY', 'TRACE', 'PROPFIND'].map((method) => [method, path] as const),
    ),
  )('405 for a %s of %s, which is for reading', async (method, path) => {
    const answer = await raw(path, BEARER, method);
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 405, code: 'method-not-allowed' });
  });

  it.each(['QUERY', 'PROPFIND'])(
    'of a %s are the service’s own where it has the path, and 404 where nobody has',
    async (method) => {
      expect(
        JSON.parse((await raw('/api/connections', { ...BEARER, 'content-type': 'text/plain' }, method)).text),
      ).toMatchObject({ name: 'any', method });
      expect((await raw('/api/nothing', BEARER, method)).status).toBe(404);
    },
  );
});
