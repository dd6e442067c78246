import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Backlog } from './adapters/inventory-outbox.ts';
import type { WatchFigures } from './reconcile/running-watches.ts';

/** What the inventory holds, as gauges show it. */
export interface InventoryFigures {
  /** Objects by type, of the clusters that are counted. */
  readonly objects: ReadonlyMap<string, number>;
  /** Clusters by how they are watched. */
  readonly clusters: ReadonlyMap<string, number>;
  readonly outdated: number;
  readonly backlog: Backlog;
}

/** What this service counts beside what every service does. Label values are bounded: common types, phases of a watch. */
export interface DiscoveryMetrics {
  /** Changes that made a difference, written to the inventory by this instance. */
  readonly changes: Counter;
  /** Objects whose names are too long to be kept. */
  readonly unstorable: Counter;
  readonly applySeconds: Histogram;
  /** Batches that the stream holds; what was dropped instead. */
  readonly published: Counter;
  readonly dropped: Counter;
}

/** Types with figures of their own; the rest is `other`, so that custom resources make no new series. */
const SHOWN = new Set([
  ...['namespaces', 'nodes', 'pods', 'services', 'persistentvolumes', 'persistentvolumeclaims', 'serviceaccounts'],
  ...['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'replicasets.apps', 'jobs.batch', 'cronjobs.batch'],
  ...['endpointslices.discovery.k8s.io', 'ingresses.networking.k8s.io', 'secrets', 'configmaps'],
]);

/** What the watches of this process do, as they say when somebody asks. */
function showWatches(registers: Registry[], figures: () => WatchFigures): void {
  new Gauge({
    name: 'mooring_watch_kinds',
    help: 'Kinds of all clusters that this process watches',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(figures().kinds)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'mooring_watch_objects_left_out',
    help: 'Objects that are too large, not understood or beyond a limit, of all clusters that this process watches',
    registers,
    collect() {
      this.set(figures().leftOut);
    },
  });
  new Counter({
    name: 'mooring_watch_held_back_seconds_total',
    help: 'How long changes and bytes of clusters have waited for their limits, all that waited added up',
    labelNames: ['limit'],
    registers,
    collect() {
      const { changesHeldBackMs, bytesHeldBackMs } = figures();
      this.reset();
      this.inc({ limit: 'changes' }, changesHeldBackMs / 1_000);
      this.inc({ limit: 'bytes' }, bytesHeldBackMs / 1_000);
    },
  });
}

/** The gauges of the inventory are read from the database when somebody asks for them; while it is away they are left out. */
export function createDiscoveryMetrics(
  registry: Registry,
  figures: () => Promise<InventoryFigures | undefined>,
  watches: () => WatchFigures,
): DiscoveryMetrics {
  const registers = [registry];
  showWatches(registers, watches);
  let reading: Promise<InventoryFigures | undefined> | undefined;
  /** All gauges are collected together: one look at the database is enough for them. */
  const read = (): Promise<InventoryFigures | undefined> =>
    (reading ??= figures().finally(() => {
      reading = undefined;
    }));
  const gauge = <L extends string>(
    [name, help, ...labelNames]: readonly [string, string, ...L[]],
    show: (gauge: Gauge<L>, now: InventoryFigures) => void,
  ): Gauge<L> =>
    new Gauge<L>({
      ...{ name, help, labelNames, registers },
      async collect() {
        const now = await read();
        this.reset();
        if (now !== undefined) show(this, now);
      },
    });

  gauge(['mooring_inventory_objects', 'Objects in the inventory', 'type'], (shown, { objects }) => {
    for (const [type, count] of objects) shown.inc({ type: SHOWN.has(type) ? type : 'other' }, count);
  });
  gauge(['mooring_inventory_clusters', 'Clusters in the inventory', 'watch'], (shown, { clusters }) => {
    for (const [watch, count] of clusters) shown.set({ watch }, count);
  });
  gauge(
    ['mooring_inventory_clusters_outdated', 'Clusters that nobody has followed for the grace period'],
    (shown, { outdated }) => shown.set(outdated),
  );
  gauge(['mooring_inventory_outbox_messages', 'Batches that wait to be published'], (shown, { backlog }) =>
    shown.set(backlog.messages),
  );
  gauge(['mooring_inventory_outbox_bytes', 'Bytes that wait to be published'], (shown, { backlog }) =>
    shown.set(backlog.bytes),
  );
  gauge(
    ['mooring_inventory_outbox_age_seconds', 'How long the oldest batch has waited to be published'],
    (shown, { backlog: { oldestAt } }) =>
      shown.set(oldestAt === undefined ? 0 : Math.max(0, (Date.now() - oldestAt.getTime()) / 1_000)),
  );

  return {
    changes: new Counter({
      name: 'mooring_inventory_changes_total',
      help: 'Changes written to the inventory',
      registers,
    }),
    unstorable: new Counter({
      name: 'mooring_inventory_unstorable_total',
      help: 'Objects whose names are too long to be kept',
      registers,
    }),
    applySeconds: new Histogram({
      name: 'mooring_inventory_apply_seconds',
      help: 'Time to write one batch of changes',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    published: new Counter({
      name: 'mooring_inventory_published_total',
      help: 'Batches stored in the stream',
      registers,
    }),
    dropped: new Counter({
      name: 'mooring_inventory_dropped_total',
      help: 'Batches dropped because the bus was away for too long',
      registers,
    }),
  };
}
