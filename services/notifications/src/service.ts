import { messageOf } from '@mooring/kernel';
import { defineService, openSpine } from '@mooring/service-host';
import { createEventLog } from './adapters/event-log.ts';
import { migrations } from './adapters/migrations.ts';
import type { NotificationsDatabase } from './adapters/tables.ts';
import { viewProjection } from './adapters/view.projection.ts';
import { createNotificationQueries } from './adapters/view.queries.ts';
import { AppModule } from './app.module.ts';
import { configSpec } from './config.ts';
import { serveEventStream } from './http/events.routes.ts';
import { createHub } from './log/hub.ts';
import { takeIn } from './log/intake.ts';
import { PUBLISHED_PREFIXES, toCloudEvent } from './publications.ts';

/** How many of the latest entries stay in memory for live streams, encoded: at about 2 KB each, 10 MB at most. */
const RECENT_ENTRIES = 5_000;

/** The composition root: opens what the service stands on and wires it by hand. */
export const notificationsService = defineService({
  name: 'notifications',
  version: '0.1.0',
  config: configSpec,
  wire(context) {
    const { config, log: logger, stopping } = context;
    const spine = openSpine<NotificationsDatabase>({ service: 'notifications', context, config, migrations });
    const { db, store, bus, metrics, progress } = spine;
    const log = createEventLog(db);
    const hub = createHub(log, {
      pollMs: config.streamPollMs,
      keep: RECENT_ENTRIES,
      signal: stopping,
      onFailure: (thrown) => logger.warn(`reading the log for live streams failed, trying again: ${messageOf(thrown)}`),
    });

    spine.prepare(() => hub.open());
    spine.startProjection(viewProjection);
    spine.startRelay({ producer: 'notifications', prefixes: PUBLISHED_PREFIXES, toCloudEvent });
    let failure: string | undefined;
    spine.startUnderLease(
      'event log',
      (signal) => {
        failure = undefined;
        return takeIn(
          {
            ...{ bus, store, log, metrics, systemId: config.systemId },
            onWritten() {
              failure = undefined;
              hub.nudge();
            },
            report({ kind, message }) {
              // What was given up holds back nothing any more.
              failure = kind === 'failed' ? message : undefined;
              logger.warn(`${kind}: ${message}`);
            },
          },
          signal,
        );
      },
      () => (failure === undefined ? { ready: true } : { ready: false, message: `waiting: ${failure}` }),
    );

    return {
      module: AppModule.of({ store, log, queries: createNotificationQueries(db, progress), systemId: config.systemId }),
      readiness: spine.readiness,
      serving: spine.serving,
      resources: [...spine.resources, hub],
      configureHttp: (http) => serveEventStream(http, { log, hub, stopping }),
    };
  },
});
