import { isFailure } from '@mooring/kernel';
import type { Database } from '@mooring/read-model';
import type { InventoryFigures } from '../metrics.ts';
import type { InventoryOutbox } from './inventory-outbox.ts';
import type { DiscoveryDatabase } from './tables.ts';

/** What the inventory holds, from the counts that are kept with each change; nothing while the database is away. */
export async function readFigures(
  db: Database<DiscoveryDatabase>,
  outbox: Pick<InventoryOutbox, 'backlog'>,
): Promise<InventoryFigures | undefined> {
  try {
    const [kinds, clusters, backlog] = await Promise.all([
      db
        .selectFrom('kind_status')
        .select(['type', ({ fn }) => fn.sum<bigint>('objects').as('objects')])
        .groupBy('type')
        .execute(),
      db
        .selectFrom('cluster')
        .select(['watch', 'outdated', ({ fn }) => fn.countAll<bigint>().as('clusters')])
        .groupBy(['watch', 'outdated'])
        .execute(),
      outbox.backlog(),
    ]);
    const watched = new Map<string, number>();
    for (const { watch, clusters: count } of clusters) watched.set(watch, (watched.get(watch) ?? 0) + Number(count));
    return {
      objects: new Map(kinds.map(({ type, objects }) => [type, Number(objects)])),
      clusters: watched,
      outdated: clusters.reduce((sum, row) => sum + (row.outdated ? Number(row.clusters) : 0), 0),
      backlog,
    };
  } catch (thrown) {
    if (isFailure(thrown)) return undefined;
    throw thrown;
  }
}
