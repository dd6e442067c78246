import {
  RESOURCE_FACETS,
  ResourceDetailView,
  ResourceFacets,
  ResourceFacetsQuery,
  ResourceListQuery,
  ResourcePage,
  ResourceQuery,
} from '@mooring/contracts';
import { Operation, Problem } from '@mooring/service-host';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Type, type Static } from 'typebox';
import type { FacetQueries } from '../adapters/facet-queries.ts';
import type { ResourceQueries } from '../adapters/resource-queries.ts';
import { AUDIENCE, FACETS, RESOURCES } from '../tokens.ts';
import type { Audience } from './audience.ts';
import { readFacets, readResourceFilter } from './resource-filter.ts';

const ResourceParams = Type.Object({
  connectionId: Type.String({ format: 'uuid' }),
  uid: Type.String({ minLength: 1, maxLength: 253, pattern: '^[^\\u0000]+$' }),
});

/** What is in the clusters, as last seen. */
@Controller('api/resources')
export class ResourcesController {
  constructor(
    @Inject(RESOURCES) private readonly resources: ResourceQueries,
    @Inject(FACETS) private readonly facets: FacetQueries,
    @Inject(AUDIENCE) private readonly audience: Audience,
  ) {}

  @Get()
  @Operation({
    summary: 'Searches the resources of all clusters',
    description:
      'By type, namespace and name. A `q` or `image` of separators only (`---`) is refused. A page may hold fewer than `limit`, even none, and still have a `nextCursor`: then so little of what was looked at fits that it goes on. A cluster that is away keeps what was last seen of it; `staleSince` says so.',
    tags: ['resources'],
    query: ResourceListQuery,
    response: { 200: ResourcePage },
  })
  list(@Query() query: ResourceListQuery): Promise<ResourcePage> {
    const filter = readResourceFilter(query);
    this.audience.looksAt(filter.connectionId);
    return this.resources.list(filter, query);
  }

  @Get('facets')
  @Operation({
    summary: 'How many resources there are of what',
    description: 'With the filters of the list. What clusters have that are away for too long is not counted.',
    tags: ['resources'],
    query: ResourceFacetsQuery,
    response: { 200: ResourceFacets },
  })
  count(@Query() query: ResourceFacetsQuery): Promise<ResourceFacets> {
    const filter = readResourceFilter(query);
    this.audience.looksAt(filter.connectionId);
    return this.facets.count(filter, readFacets(query, RESOURCE_FACETS), query.limit);
  }

  @Get(':connectionId/:uid')
  @Operation({
    summary: 'One resource, with its relations and recent changes',
    tags: ['resources'],
    params: ResourceParams,
    query: ResourceQuery,
    response: { 200: ResourceDetailView },
    problems: [404],
  })
  async find(
    @Param() { connectionId, uid }: Static<typeof ResourceParams>,
    @Query() { type }: Static<typeof ResourceQuery>,
  ): Promise<ResourceDetailView> {
    this.audience.looksAt(connectionId.toLowerCase());
    const view = await this.resources.find(connectionId, uid, type);
    if (view === undefined)
      throw new Problem(404, 'no-such-resource', 'There is no such resource', {
        detail: `The cluster of connection ${connectionId} has no object with the UID ${uid}, as last seen.`,
      });
    return view;
  }
}
