import { ClusterPage, ClusterView, pageQuery } from '@mooring/contracts';
import { Operation, Problem } from '@mooring/service-host';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Type, type Static } from 'typebox';
import type { ClusterQueries } from '../adapters/cluster-queries.ts';
import { AUDIENCE, CLUSTERS } from '../tokens.ts';
import type { Audience } from './audience.ts';

const ClusterListQuery = Type.Object(pageQuery, { additionalProperties: false });

/** How the clusters are looked after, and what is known about each as a whole. */
@Controller('api/clusters')
export class ClustersController {
  constructor(
    @Inject(CLUSTERS) private readonly clusters: ClusterQueries,
    @Inject(AUDIENCE) private readonly audience: Audience,
  ) {}

  @Get()
  @Operation({
    summary: 'Lists clusters',
    tags: ['clusters'],
    query: ClusterListQuery,
    response: { 200: ClusterPage },
  })
  list(@Query() query: Static<typeof ClusterListQuery>): Promise<ClusterPage> {
    return this.clusters.list(query);
  }

  @Get(':connectionId')
  @Operation({
    summary: 'The cluster of one connection',
    tags: ['clusters'],
    params: Type.Object({ connectionId: Type.String({ format: 'uuid' }) }),
    response: { 200: ClusterView },
    problems: [404],
  })
  async find(@Param('connectionId') connectionId: string): Promise<ClusterView> {
    const view = await this.clusters.find(connectionId);
    if (view === undefined)
      throw new Problem(404, 'no-such-cluster', 'There is no such cluster', {
        detail: `Nothing is known of a cluster of connection ${connectionId}.`,
      });
    this.audience.looksAt(view.connectionId);
    return view;
  }
}
