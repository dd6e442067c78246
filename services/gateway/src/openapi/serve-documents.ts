import { documentRoutes, operationSchema, type Secret } from '@mooring/service-host';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Routes } from '../routes.ts';
import { mergeDocuments } from './merge.ts';
import { createServiceDocuments } from './service-documents.ts';

const Document = Type.Record(Type.String(), Type.Unknown());

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
}
