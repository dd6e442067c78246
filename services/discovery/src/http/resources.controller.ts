import { ResourceListQuery, ResourcePage, ResourceView } from '@mooring/contracts';
import { Operation, Problem } from '@mooring/service-host';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Type, type Static } from 'typebox';
import type { ResourceQueries } from '../adapters/resource-queries.ts';
import { RESOURCES } from '../tokens.ts';
import { readResourceFilter } from './resource-filter.ts';

const ResourceParams = Type.Object({
  connectionId: Type.String({ format: 'uuid' }),
  uid: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000]+$' }),
});

/** What is in the clusters, as last seen. */
@Controller('api/resources')
export class ResourcesController {
  constructor(@Inject(RESOURCES) private readonly resources: ResourceQueries) {}

  @Get()
  @Operation({
    summary: 'Lists resources of all clusters',
    description:
      'By kind, namespace and name. A cluster that is away keeps what was last seen of it; see its `watch` and `reason`.',
    tags: ['resources'],
    query: ResourceListQuery,
    response: { 200: ResourcePage },
  })
  list(@Query() query: ResourceListQuery): Promise<ResourcePage> {
    return this.resources.list(readResourceFilter(query), query);
  }

  @Get(':connectionId/:uid')
  @Operation({
    summary: 'One resource',
    tags: ['resources'],
    params: ResourceParams,
    response: { 200: ResourceView },
    problems: [404],
  })
  async find(@Param() { connectionId, uid }: Static<typeof ResourceParams>): Promise<ResourceView> {
    const view = await this.resources.find(connectionId, uid);
    if (view === undefined)
      throw new Problem(404, 'no-such-resource', 'There is no such resource', {
        detail: `The cluster of connection ${connectionId} has no object with the UID ${uid}, as last seen.`,
      });
    return view;
  }
}
