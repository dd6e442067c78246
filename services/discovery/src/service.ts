import { createCredentialChannel } from '@mooring/messaging';
import { withLease } from '@mooring/read-model';
import { defineService, openSpine } from '@mooring/service-host';
import { createClusterQueries } from './adapters/cluster-queries.ts';
import { createCredentials } from './adapters/credentials.ts';
import { createDesiredStore } from './adapters/desired-store.ts';
import { createFacetQueries } from './adapters/facet-queries.ts';
import { createInventory } from './adapters/inventory.ts';
import { readFigures } from './adapters/inventory-figures.ts';
import { createInventoryOutbox } from './adapters/inventory-outbox.ts';
import { migrations } from './adapters/migrations.ts';
import { createResourceQueries } from './adapters/resource-queries.ts';
import type { DiscoveryDatabase } from './adapters/tables.ts';
import { createTermStatistics } from './adapters/term-statistics.ts';
import { AppModule } from './app.module.ts';
import { configSpec } from './config.ts';
import { toLimits, toSelection } from './domain/selection.ts';
import { SHARDS } from './domain/shard.ts';
import { createAudience } from './http/audience.ts';
import { createDiscoveryMetrics } from './metrics.ts';
import { PUBLISHED_PREFIXES, toCloudEvent } from './publications.ts';
import { createInventoryKeeper } from './reconcile/inventory-keeper.ts';
import { createPlaces } from './reconcile/places.ts';
import { createReconciler, type Reconciler } from './reconcile/reconciler.ts';
import { createRunningWatches } from './reconcile/running-watches.ts';
import { createWorker } from './reconcile/worker.ts';

/** Being behind, or having a cluster that is away, makes nobody unready: the one catches up, the other is the cluster's own matter. */
const describeLag = (lag: ReadonlyMap<string, number | undefined>): string =>
  [...lag].map(([durable, pending]) => `${durable}: ${pending ?? 'an unknown number of'} events to come`).join(', ');

const describeLoad = (load: Reconciler['load'] | undefined): string =>
  load === undefined
    ? 'starting'
    : `${load.workers} clusters in ${load.shards} of ${SHARDS} shards are looked after here`;

/** The composition root: opens what the service stands on and wires it by hand. */
export const discoveryService = defineService({
  name: 'discovery',
  version: '0.1.0',
  config: configSpec,
  async wire(context) {
    const { config, log, stopping } = context;
    const spine = openSpine<DiscoveryDatabase>({ service: 'discovery', context, config, migrations });
    const { db, store, bus, strategy } = spine;

    const channel = createCredentialChannel(bus);
    const credentials = await createCredentials(channel, config.credentialKey.reveal());
    const desired = createDesiredStore(db);
    const audience = createAudience({ note: (connectionIds) => desired.noteViewed(connectionIds), log });
    const { systemId } = config;
    const outbox = createInventoryOutbox({ db, systemId });
    const watches = createRunningWatches();
    const metrics = createDiscoveryMetrics(
      context.metrics,
      () => readFigures(db, outbox),
      () => watches.figures(),
    );
    const keeper = createInventoryKeeper({
      ...{ db, bus, log, outbox },
      outboxBytesMax: config.outboxMebibytes * 1024 ** 2,
      changes: { ageMsMax: config.changesAgeMs, rowsMax: config.changesMax },
      graceMs: config.staleGraceMs,
      onPublished: (count) => metrics.published.inc(count),
      onDropped: (count) => metrics.dropped.inc(count),
    });
    const inventory = createInventory({
      ...{ db, systemId },
      onOutbox: () => keeper.poke(),
      onApplied({ changes, seconds, leftOut }) {
        metrics.changes.inc(changes);
        metrics.applySeconds.observe(seconds);
        metrics.unstorable.inc(leftOut);
      },
    });
    const firstStates = createPlaces(config.firstStates);
    const statistics = createTermStatistics(db);
    let reconciler: Reconciler | undefined;

    spine.startUnderLease(
      'inventory',
      (signal) => keeper.run(signal),
      () => keeper.state(),
    );
    spine.startRelay({ producer: 'discovery', prefixes: PUBLISHED_PREFIXES, toCloudEvent });

    return {
      module: AppModule.of({
        desired,
        audience,
        onHeard: () => reconciler?.poke(),
        clusters: createClusterQueries(db),
        resources: createResourceQueries({ db, statistics }),
        facets: createFacetQueries({ db, statistics }),
      }),
      strategies: [strategy],
      serving: spine.serving,
      readiness: [
        ...spine.readiness,
        { name: 'consumer', check: () => ({ ready: true, message: describeLag(strategy.lag()) }) },
        { name: 'clusters', check: () => ({ ready: true, message: describeLoad(reconciler?.load) }) },
      ],
      resources: [
        ...spine.resources,
        audience,
        { [Symbol.asyncDispose]: async () => reconciler?.[Symbol.asyncDispose]() },
      ],
      start() {
        reconciler = createReconciler({
          desired,
          createWorker: (first) =>
            createWorker(first, {
              store,
              systemId,
              desired,
              inventory,
              credentials,
              firstStates,
              timing: config,
              selection: toSelection(config),
              limits: toLimits(config),
              watches,
              log,
            }),
          holdShard: (shard, onHeld, signal) => withLease({ db, name: `clusters ${shard}`, onHeld, signal }),
          intervalMs: config.reconcileMs,
          log,
        });
        channel.watch((credentialId) => reconciler?.noteCredential(credentialId), stopping);
      },
    };
  },
});
