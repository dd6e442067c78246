import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import { startInProcess, type InProcessService } from '../src/index.ts';
import { widgets } from './widgets.ts';

const ID = '5f3c9a52-7c43-4c0e-9d0a-1b5f7f6f8a01';
const WIDGET = { name: 'w', size: 'small', parts: [{ n: 1 }] };

let service: InProcessService;
beforeAll(async () => {
  service = await startInProcess(widgets(), { greeting: 'hi', logLevel: 'silent' });
});
afterAll(() => service.destroy());

const expectProblem = (answer: { status: number; headers: Headers; body: unknown }, status: number, code: string) => {
  expect(answer.body).toMatchObject({ status, code, type: `urn:meshery:problem:${code}` });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(Reflect.get(answer.body as object, 'traceId')).toBe(answer.headers.get('x-trace-id'));
};

describe('requests are taken as their schemas say', () => {
  it('reads integers, booleans and repeated parameters', async () => {
    const { body } = await service.call('GET', '/api/widgets?limit=7&deep=true&tag=a&tag=b');
    expect(body).toEqual({ limit: 7, deep: true, tag: ['a', 'b'] });
  });

  it('refuses unknown and wrong query parameters by name', async () => {
    const answer = await service.call('GET', '/api/widgets?limit=1e1&colour=red&order=sideways');
    expectProblem(answer, 400, 'invalid-request');
    expect(answer.body).toMatchObject({
      errors: expect.arrayContaining([
        { parameter: 'colour', detail: 'is not known here' },
        { parameter: 'limit', detail: expect.any(String) },
        { parameter: 'order', detail: 'must be one of up, down' },
      ]),
    });
  });

  it('refuses query parameters where none are declared', async () =>
    expectProblem(await service.call('GET', '/api/widgets/context?x=1'), 400, 'invalid-request'));

  it('refuses a wrong path parameter', async () => {
    const answer = await service.call('DELETE', '/api/widgets/not-a-uuid');
    expectProblem(answer, 400, 'invalid-request');
    expect(answer.body).toMatchObject({ errors: [{ parameter: 'id' }] });
  });

  it('takes a right body, and refuses coercion, undeclared and missing members by pointer', async () => {
    expect((await service.call('POST', '/api/widgets', { body: WIDGET })).status).toBe(201);
    const wrong = { size: 'small', parts: [{ n: '1', m: 2 }] };
    const answer = await service.call('POST', '/api/widgets', { body: wrong });
    expectProblem(answer, 400, 'invalid-request');
    expect(answer.body).toMatchObject({
      errors: expect.arrayContaining([
        { pointer: '/name', detail: 'is missing' },
        { pointer: '/parts/0/m', detail: 'is not known here' },
        { pointer: '/parts/0/n', detail: expect.any(String) },
      ]),
    });
  });

  it.each<readonly [string, string, { body?: unknown; headers?: Record<string, string> }, number, string]>([
    ['malformed JSON', '/api/widgets', { body: '{"a":' }, 400, 'malformed-body'],
    ['a body that is missing', '/api/widgets', {}, 400, 'invalid-request'],
    ['an empty JSON body', '/api/widgets', { body: '' }, 400, 'invalid-request'],
    ['a prototype in JSON', '/api/widgets', { body: '{"__proto__":{}}' }, 400, 'malformed-body'],
    [
      'another media type',
      '/api/widgets',
      { body: 'a: 1', headers: { 'content-type': 'text/yaml' } },
      415,
      'unsupported-media-type',
    ],
    [
      'a form',
      '/api/widgets',
      { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported-media-type',
    ],
    ['a body that is too large', '/api/widgets', { body: { name: 'x'.repeat(2_000_000) } }, 413, 'body-too-large'],
    ['a body where none is wanted', `/api/widgets/${ID}/start`, { body: {} }, 400, 'unexpected-body'],
  ])('refuses %s', async (_what, path, call, status, code) =>
    expectProblem(await service.call('POST', path, call), status, code),
  );

  it('takes a command with the media type of JSON and no body', async () =>
    expectProblem(
      await service.call('POST', `/api/widgets/${ID}/start`, { headers: { 'content-type': 'application/json' } }),
      409,
      'illegal-transition',
    ));

  it.each([
    ['GET', '/api/nothing', 404, 'no-such-path'],
    ['PATCH', '/api/widgets', 405, 'method-not-allowed'],
    ['QUERY', '/api/widgets', 405, 'method-not-allowed'],
    ['GET', '/api/%zz', 400, 'malformed-url'],
    ['GET', `/api/widgets/failing/${'x'.repeat(400)}`, 414, 'url-too-long'],
  ])('answers %s %s with %i', async (method, path, status, code) => {
    const response = await fetch(`${service.url}${path}`, { method, headers: { ...service.gatewayHeaders } });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, code });
    if (status === 405) expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('answers what is not HTTP', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write('HELLO\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 400[\s\S]*application\/problem\+json[\s\S]*malformed-request/);
  });
});

describe('failures become problems', () => {
  it.each([
    ['unavailable', 503],
    ['conflict', 409],
    ['outcome-unknown', 503],
    ['not-found', 404],
  ])('%s is %i', async (code, status) => {
    const answer = await service.call('GET', `/api/widgets/failing/${code}`);
    expectProblem(answer, status, code);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
  });

  it('a bug is 500 without its words', async () => {
    const answer = await service.call('GET', '/api/widgets/failing/bug');
    expectProblem(answer, 500, 'internal-error');
    expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|undefined|TypeError/);
  });

  it('a typed rejection has its own members', async () =>
    expect((await service.call('POST', `/api/widgets/${ID}/start`)).body).toMatchObject({
      state: 'broken',
      command: 'start',
      allowedActions: ['delete'],
      instance: `/api/widgets/${ID}/start`,
    }));
});

describe('only the gateway is answered', () => {
  it.each([{}, { 'x-mooring-internal': 'wrong' }])('401 with %j', async (headers) => {
    for (const path of ['/api/widgets', '/openapi.json', '/nowhere']) {
      const response = await fetch(`${service.url}${path}`, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 'not-the-gateway' });
    }
  });

  it('the probes answer everybody', async () => {
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(`${service.url}${path}`)).status).toBe(200);
  });

  it('says who asks, and takes the caller’s keys', async () => {
    const correlationId = ID;
    const { body } = await service.call('GET', '/api/widgets/context', {
      headers: { 'idempotency-key': 'abc', 'x-correlation-id': correlationId },
    });
    expect(body).toMatchObject({ userId: service.userId, idempotencyKey: 'abc', correlationId });
  });

  it.each(['', 'a b', 'x'.repeat(256), 'é'])('refuses the Idempotency-Key %j', async (key) => {
    const answer = await service.call('GET', '/api/widgets/context', { headers: { 'idempotency-key': key } });
    expectProblem(answer, 400, 'invalid-request');
  });
});

describe('the document', () => {
  it('catches an answer that it does not describe', async () =>
    expect(service.call('GET', '/api/widgets/lying')).rejects.toThrow(
      'GET /api/widgets/lying 200: not as documented: /extra is not known here',
    ));

  it('answers are not cut to their schema', async () => {
    const response = await fetch(`${service.url}/api/widgets/lying`, { headers: { ...service.gatewayHeaders } });
    expect(await response.json()).toEqual({ known: 'yes', extra: 'kept' });
  });

  it('stops the start of a service with a route that declares nothing', async () =>
    expect(
      startInProcess(widgets({ configureHttp: (http) => void http.get('/api/secret', () => 'x') }), { greeting: 'hi' }),
    ).rejects.toThrow('GET /api/secret declares no answer'));
});
