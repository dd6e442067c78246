import type { ClusterPage, ClusterView, KindStatusView } from '@mooring/contracts';
import { PAGE_LIMIT_DEFAULT } from '@mooring/contracts';
import { encodeCursor, type Database } from '@mooring/read-model';
import { sql, type Selectable } from 'kysely';
import { readCursor } from './cursor.ts';
import type { ClusterRow, DiscoveryDatabase, KindStatusRow } from './tables.ts';

export interface ClusterQueries {
  /** By name, then connection. Throws Failure `invalid` for a cursor of another list. */
  list(page: { readonly limit?: number; readonly cursor?: string }): Promise<ClusterPage>;
  find(connectionId: string): Promise<ClusterView | undefined>;
}

type Row = Selectable<ClusterRow> & { readonly name: string };

const CURSOR = 'clusters';

export function createClusterQueries(db: Database<DiscoveryDatabase>): ClusterQueries {
  const clusters = () =>
    db
      .selectFrom('cluster')
      .innerJoin('desired_connection', 'desired_connection.connection_id', 'cluster.connection_id')
      .where('desired_connection.state', '<>', 'deleted')
      .selectAll('cluster')
      .select('desired_connection.name');

  const toViews = async (rows: readonly Row[]): Promise<readonly ClusterView[]> => {
    if (rows.length === 0) return [];
    const ids = rows.map(({ connection_id }) => connection_id);
    const [kinds, counts] = await Promise.all([
      db.selectFrom('kind_status').selectAll().where('connection_id', 'in', ids).orderBy('type').execute(),
      db
        .selectFrom('resource')
        .select(['connection_id', 'type'])
        .select(({ fn }) => fn.countAll<bigint>().as('objects'))
        .where('connection_id', 'in', ids)
        .groupBy(['connection_id', 'type'])
        .execute(),
    ]);
    return rows.map((row) => {
      const own = counts.filter(({ connection_id }) => connection_id === row.connection_id);
      const objects = new Map(own.map((count) => [count.type, Number(count.objects)]));
      return toView(
        row,
        kinds.filter(({ connection_id }) => connection_id === row.connection_id),
        objects,
      );
    });
  };

  return {
    async list({ limit = PAGE_LIMIT_DEFAULT, cursor }) {
      const name = sql<string>`desired_connection.name collate "C"`;
      let query = clusters()
        .orderBy(name)
        .orderBy('cluster.connection_id')
        .limit(limit + 1);
      if (cursor !== undefined) {
        const [afterName, afterId] = readCursor(CURSOR, 2, 1, cursor);
        query = query.where(sql<boolean>`(${name}, cluster.connection_id) > (${afterName}::text, ${afterId}::uuid)`);
      }
      const rows = await query.execute();
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: [...(await toViews(shown))],
        ...(rows.length > limit && last !== undefined
          ? { nextCursor: encodeCursor(CURSOR, [last.name, last.connection_id]) }
          : {}),
        position: await positionOf(db),
      };
    },
    async find(connectionId) {
      const row = await clusters().where('cluster.connection_id', '=', connectionId).executeTakeFirst();
      return row === undefined ? undefined : (await toViews([row]))[0];
    },
  };
}

/** Commit position of the newest observation that the inventory contains; `0` before there is one. */
export async function positionOf(db: Database<DiscoveryDatabase>): Promise<string> {
  const { position } = await db
    .selectFrom('cluster')
    .select(({ fn }) => fn.max('position').as('position'))
    .executeTakeFirstOrThrow();
  return String(position ?? 0);
}

function toView(
  row: Row,
  kinds: readonly Selectable<KindStatusRow>[],
  objects: ReadonlyMap<string, number>,
): ClusterView {
  return {
    connectionId: row.connection_id,
    name: row.name,
    watch: row.watch,
    objects: [...objects.values()].reduce((sum, count) => sum + count, 0),
    kinds: kinds.map((kind) => toKindView(kind, objects.get(kind.type) ?? 0)),
    ...(row.uid === null ? {} : { clusterUid: row.uid }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.platform === null ? {} : { platform: row.platform }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.snapshot_at === null ? {} : { snapshotAt: row.snapshot_at.toISOString() }),
    ...(row.last_seen_at === null ? {} : { lastSeenAt: row.last_seen_at.toISOString() }),
  };
}

const toKindView = ({ kind, state, reason, since }: Selectable<KindStatusRow>, objects: number): KindStatusView => ({
  kind,
  state,
  since: since.toISOString(),
  objects,
  ...(reason === null ? {} : { reason }),
});
