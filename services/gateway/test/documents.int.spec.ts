import { describe, expect, it } from '@jest/globals';
import { eventTypeNames, jsonSchemaOf } from '@mooring/contracts';
import { validate } from '@readme/openapi-parser';
import { operationSchema, expectDocumented, startInProcess, type OpenApiDocument } from '@mooring/service-host';
import { Type } from 'typebox';
import { mergeDocuments } from '../src/openapi/merge.ts';
import { gatewayDocument, part } from './documented-service.ts';
import { startGateway, startUpstream } from './upstreams.ts';

const Widget = Type.Object({ id: Type.String({ format: 'uuid' }), size: Type.Optional(Type.Integer()) });
const NOWHERE = 'http://127.0.0.1:1';

const connections = part('connections', (http) => {
  http.get(
    '/api/connections',
    {
      schema: operationSchema({
        summary: 'List',
        query: Type.Object({ limit: Type.Optional(Type.Integer()) }),
        response: { 200: Type.Array(Widget) },
      }),
    },
    () => [],
  );
  http.get(
    '/api/connections/:id',
    {
      schema: operationSchema({
        summary: 'One',
        params: Type.Object({ id: Type.String() }),
        response: { 200: Widget, 308: Type.Null() },
        problems: [404],
      }),
    },
    (request, reply) => reply.send({ id: request.id }),
  );
  http.post(
    '/api/imports',
    {
      schema: operationSchema({
        summary: 'Import',
        body: Type.Object({ kubeconfig: Type.String() }),
        response: { 202: Type.Object({}) },
      }),
    },
    (_request, reply) => reply.status(202).send({}),
  );
  // Another service's path: the gateway does not lead here, so it must not be in the document.
  http.get(
    '/api/events',
    { schema: operationSchema({ summary: 'Not routed', response: { 200: Widget } }) },
    () => ({}),
  );
});
const discovery = part('discovery', (http) => {
  http.get(
    '/api/clusters',
    { schema: operationSchema({ summary: 'Clusters', response: { 200: Type.Array(Widget) } }) },
    () => [],
  );
});
const notifications = part('notifications', (http) => {
  http.get(
    '/api/events/stream',
    { schema: operationSchema({ summary: 'Live', produces: ['text/event-stream'], response: { 200: Type.String() } }) },
    () => '',
  );
});

describe('/api/openapi.json', () => {
  it('is a valid document of exactly what is routed', async () => {
    await using a = await startInProcess(connections, {});
    const same = { internalSecret: a.config.internalSecret };
    await using b = await startInProcess(discovery, same);
    await using c = await startInProcess(notifications, same);
    await using gateway = await startGateway(
      { connections: a.url, discovery: b.url, notifications: c.url, console: NOWHERE },
      same,
    );
    const document = await gatewayDocument(gateway);
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/asyncapi.json',
      '/api/clusters',
      '/api/connections',
      '/api/connections/{id}',
      '/api/events/stream',
      '/api/imports',
      '/api/openapi.json',
      '/api/schemas/{type}',
    ]);
    const result = await validate(structuredClone(document) as never);
    expect(result).toMatchObject({ valid: true });
    expect(document.openapi).toBe('3.1.0');
    for (const item of Object.values(document.paths))
      for (const operation of Object.values(item))
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '503']));
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes the gateway’s own refusals', async () => {
    await using a = await startInProcess(connections, {});
    const same = { internalSecret: a.config.internalSecret };
    await using b = await startInProcess(discovery, same);
    await using c = await startInProcess(notifications, same);
    await using gateway = await startGateway(
      { connections: a.url, discovery: b.url, notifications: c.url, console: NOWHERE },
      same,
    );
    const document = await gatewayDocument(gateway);
    const expectTrue = async (method: string, path: string, init: RequestInit, status: number): Promise<void> => {
      const answer = await gateway.ask(path, { method, ...init });
      expect(answer.status).toBe(status);
      expectDocumented(document, method, path, answer.status, await answer.json());
    };
    await expectTrue('GET', '/api/connections?limit=1', {}, 200);
    await expectTrue('GET', '/api/connections?nope=1', {}, 400);
    await expectTrue('GET', '/api/connections', { headers: { authorization: 'Bearer x' } }, 401);
    await expectTrue('POST', '/api/imports', { headers: { origin: 'http://evil.example' } }, 403);
    await expectTrue('POST', '/api/imports', { body: 'x'.repeat(7_000_000) }, 413);
    await expectTrue('POST', '/api/imports', { body: 'a', headers: { 'content-type': 'text/yaml' } }, 415);
    await c.destroy();
    await expectTrue('GET', '/api/events/stream', {}, 503);
  });

  it('is not served in part: 503 names the service that is missing', async () => {
    await using a = await startInProcess(connections, {});
    const same = { internalSecret: a.config.internalSecret };
    await using gateway = await startGateway(
      { connections: a.url, discovery: NOWHERE, notifications: a.url, console: NOWHERE },
      same,
    );
    const answer = await gateway.ask('/api/openapi.json');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'unavailable', service: 'discovery' });
  });
});

describe('the documents of events', () => {
  it('are served: AsyncAPI, and a JSON Schema for each type, which the OpenAPI document knows', async () => {
    await using upstream = await startUpstream('any');
    const { url } = upstream;
    await using gateway = await startGateway({ connections: url, discovery: url, notifications: url, console: url });
    const asyncApi = await gateway.ask('/api/asyncapi.json');
    expect(await asyncApi.json()).toMatchObject({ asyncapi: expect.stringMatching(/^3\./) });
    for (const type of eventTypeNames()) {
      const answer = await gateway.ask(`/api/schemas/${type}`);
      expect(answer.headers.get('content-type')).toMatch(/^application\/schema\+json/);
      expect(await answer.json()).toEqual(jsonSchemaOf(type));
    }
    const unknown = await gateway.ask('/api/schemas/io.meshery.nobody.knows.v1');
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 'not-found', types: eventTypeNames() });
    expect((await gateway.ask('/api/schemas/x', { headers: { authorization: 'Bearer no' } })).status).toBe(401);
  });
});

describe('mergeDocuments', () => {
  const document = (path: string, schema: unknown): OpenApiDocument => ({
    openapi: '3.1.0',
    info: { title: path, version: '1' },
    paths: {
      [path]: {
        get: {
          responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
        },
      },
    },
    components: { schemas: { Thing: schema } },
  });

  it('keeps apart what has one name and two meanings', () => {
    const [a, b, c] = [
      document('/a', { type: 'string' }),
      document('/b', { type: 'integer' }),
      document('/c', { type: 'string' }),
    ];
    const merged = mergeDocuments(
      { openapi: '3.1.0', info: { title: 'all', version: '1' }, paths: {} },
      [
        { service: 'a', document: a },
        { service: 'b', document: b },
        { service: 'c', document: c },
      ],
      () => true,
    );
    expect(() => expectDocumented(merged, 'GET', '/a', 200, 'x')).not.toThrow();
    expect(() => expectDocumented(merged, 'GET', '/b', 200, 1)).not.toThrow();
    expect(() => expectDocumented(merged, 'GET', '/b', 200, 'x')).toThrow('not as documented');
    expect(() => expectDocumented(merged, 'GET', '/c', 200, 'x')).not.toThrow();
    expect(Object.keys(merged.components?.['schemas'] ?? {})).toEqual(expect.arrayContaining(['Thing', 'b-Thing']));
  });
});
