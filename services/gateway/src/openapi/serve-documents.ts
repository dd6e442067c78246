import { asyncApiDocument, eventTypeNames, jsonSchemaOf } from '@mooring/contracts';
import { documentRoutes, operationSchema, Problem, type Secret } from '@mooring/service-host';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Routes } from '../routes.ts';
import { mergeDocuments } from './merge.ts';
import { createServiceDocuments } from './service-documents.ts';

const Document = Type.Record(Type.String(), Type.Unknown());

function serveEventDocuments(http: FastifyInstance, version: string): void {
  const asyncApi = asyncApiDocument(version);
  const ofAll = operationSchema({
    summary: 'The AsyncAPI document of every event on the bus',
    tags: ['documents'],
    response: { 200: Document },
  });
  http.get('/api/asyncapi.json', { schema: ofAll }, (_request, reply) => reply.send(asyncApi));

  const ofOne = operationSchema({
    summary: 'The JSON Schema of the CloudEvents of one type',
    tags: ['documents'],
    params: Type.Object({ type: Type.String({ description: 'CloudEvents type.' }) }),
    response: { 200: Document },
    produces: ['application/schema+json'],
    problems: [404],
  });
  http.get<{ Params: { type: string } }>('/api/schemas/:type', { schema: ofOne }, (request, reply) => {
    const schema = jsonSchemaOf(request.params.type);
    if (schema === undefined)
      throw new Problem(404, 'not-found', 'Not found', {
        detail: 'No event of this type is declared.',
        extensions: { types: eventTypeNames() },
      });
    return reply.type('application/schema+json').send(schema);
  });
}

/** What the gateway itself knows of the API: the documents that describe all of it. */
export async function serveDocuments(
  http: FastifyInstance,
  routes: Routes,
  internalSecret: Secret,
  version: string,
): Promise<void> {
  const own = await documentRoutes(http, 'Mooring', version);
  const ofServices = createServiceDocuments(routes.services, internalSecret);
  const schema = operationSchema({
    summary: 'The OpenAPI document of the whole API',
    tags: ['documents'],
    response: { 200: Document },
  });
  http.get('/api/openapi.json', { schema }, async (_request, reply) => {
    const isRouted = (service: string, path: string): boolean => routes.api(path)?.upstream.name === service;
    return reply.send(mergeDocuments(own(), await ofServices(), isRouted));
  });
  serveEventDocuments(http, version);
}
