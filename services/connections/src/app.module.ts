import { Module, type DynamicModule } from '@nestjs/common';
import type { EventStore } from '@mooring/event-store';
import { DiscoveryHandlers } from './bus/discovery.handlers.ts';
import { OwnHandlers } from './bus/own.handlers.ts';
import type { ConnectionQueries } from './adapters/view.queries.ts';
import { ConnectionsController } from './http/connections.controller.ts';
import { ImportsController } from './http/imports.controller.ts';
import type { ReadPosition } from './http/read-position.ts';
import type { EnterContextsDeps } from './process/enter-contexts.ts';
import type { submitImport } from './process/imports.ts';
import type { ObserveDeps } from './process/observe.ts';
import { FOLLOW_UP, IMPORTS, OBSERVE, QUERIES, READ_POSITION, STORE, SYSTEM_ID } from './tokens.ts';

/** Everything the edges need, made by the composition root. */
export interface AppParts {
  readonly store: EventStore;
  readonly observe: ObserveDeps;
  readonly followUp: EnterContextsDeps;
  readonly imports: Parameters<typeof submitImport>[0];
  readonly queries: ConnectionQueries;
  readonly position: ReadPosition;
  readonly systemId: string;
}

/** The only module: edges, and by name what they need. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [ConnectionsController, ImportsController, DiscoveryHandlers, OwnHandlers],
      providers: [
        { provide: STORE, useValue: parts.store },
        { provide: OBSERVE, useValue: parts.observe },
        { provide: FOLLOW_UP, useValue: parts.followUp },
        { provide: IMPORTS, useValue: parts.imports },
        { provide: QUERIES, useValue: parts.queries },
        { provide: READ_POSITION, useValue: parts.position },
        { provide: SYSTEM_ID, useValue: parts.systemId },
      ],
    };
  }
}
