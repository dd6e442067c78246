import { Module, type DynamicModule } from '@nestjs/common';
import type { ClusterQueries } from './adapters/cluster-queries.ts';
import type { DesiredStore } from './adapters/desired-store.ts';
import type { FacetQueries } from './adapters/facet-queries.ts';
import type { ResourceQueries } from './adapters/resource-queries.ts';
import { ConnectionsHandlers } from './bus/connections.handlers.ts';
import type { Audience } from './http/audience.ts';
import { ClustersController } from './http/clusters.controller.ts';
import { ResourcesController } from './http/resources.controller.ts';
import { AUDIENCE, CLUSTERS, DESIRED, FACETS, ON_HEARD, RESOURCES } from './tokens.ts';

/** Everything the edges need, made by the composition root. */
export interface AppParts {
  readonly desired: DesiredStore;
  readonly onHeard: () => void;
  readonly audience: Audience;
  readonly clusters: ClusterQueries;
  readonly resources: ResourceQueries;
  readonly facets: FacetQueries;
}

/** The only module: edges, and by name what they need. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [ClustersController, ResourcesController, ConnectionsHandlers],
      providers: [
        { provide: DESIRED, useValue: parts.desired },
        { provide: ON_HEARD, useValue: parts.onHeard },
        { provide: AUDIENCE, useValue: parts.audience },
        { provide: CLUSTERS, useValue: parts.clusters },
        { provide: RESOURCES, useValue: parts.resources },
        { provide: FACETS, useValue: parts.facets },
      ],
    };
  }
}
