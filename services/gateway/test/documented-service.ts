import { Module } from '@nestjs/common';
import { defineService, type OpenApiDocument } from '@mooring/service-host';
import type { FastifyInstance } from 'fastify';
import type { TestGateway } from './upstreams.ts';

@Module({})
class AppModule {}

/** A service with the routes that a test gives it. */
export const part = (name: string, routes: (http: FastifyInstance) => void) =>
  defineService({ name, version: '1.0.0', config: {}, wire: () => ({ module: AppModule, configureHttp: routes }) });

export const gatewayDocument = async (gateway: TestGateway): Promise<OpenApiDocument> =>
  (await (await gateway.ask('/api/openapi.json')).json()) as OpenApiDocument;
