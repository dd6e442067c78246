import type { EventStore } from '@mooring/event-store';
import { Module, type DynamicModule } from '@nestjs/common';
import type { EventLog } from './adapters/event-log.ts';
import type { NotificationQueries } from './adapters/view.queries.ts';
import { EventsController } from './http/events.routes.ts';
import { NotificationsController } from './http/notifications.controller.ts';
import { EVENT_LOG, QUERIES, STORE, SYSTEM_ID } from './tokens.ts';

/** Everything the edges need, made by the composition root. */
export interface AppParts {
  readonly store: EventStore;
  readonly log: EventLog;
  readonly queries: NotificationQueries;
  readonly systemId: string;
}

/** The only module: edges, and by name what they need. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [EventsController, NotificationsController],
      providers: [
        { provide: STORE, useValue: parts.store },
        { provide: EVENT_LOG, useValue: parts.log },
        { provide: QUERIES, useValue: parts.queries },
        { provide: SYSTEM_ID, useValue: parts.systemId },
      ],
    };
  }
}
