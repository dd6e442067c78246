import {
  CLUSTER_TIERS,
  PAGE_LIMIT_DEFAULT,
  type ClusterPage,
  type ClusterView,
  type KindStatusView,
} from '@mooring/contracts';
import { decodeKeys, encodeCursor, type Database } from '@mooring/read-model';
import { sql, type Selectable } from 'kysely';
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
    const kinds = await db
      .selectFrom('kind_status')
      .selectAll()
      .where('connection_id', 'in', ids)
      .orderBy('type')
      .execute();
    const kindsOf = Map.groupBy(kinds, ({ connection_id }) => connection_id);
    return rows.map((row) => toView(row, kindsOf.get(row.connection_id) ?? []));
  };

  return {
    async list({ limit = PAGE_LIMIT_DEFAULT, cursor }) {
      const name = sql<string>`desired_connection.name collate "C"`;
      let query = clusters()
        .orderBy(name)
        .orderBy('cluster.connection_id')
        .limit(limit + 1);
      if (cursor !== undefined) {
        const [afterName, afterId] = decodeKeys(CURSOR, ['text', 'uuid'], cursor);
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

function toView(row: Row, kinds: readonly Selectable<KindStatusRow>[]): ClusterView {
  return {
    connectionId: row.connection_id,
    name: row.name,
    watch: row.watch,
    tiers: CLUSTER_TIERS.map((tier) => {
      const reachedAt = row.tiers[tier];
      return reachedAt === undefined ? { tier } : { tier, reachedAt };
    }),
    outdated: row.outdated,
    batch: Number(row.batch),
    objects: kinds.reduce((sum, { objects }) => sum + objects, 0),
    kinds: kinds.map(toKindView),
    ...(row.uid === null ? {} : { clusterUid: row.uid }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.platform === null ? {} : { platform: row.platform }),
    ...placeOf(row),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.snapshot_at === null ? {} : { snapshotAt: row.snapshot_at.toISOString() }),
    ...(row.last_seen_at === null ? {} : { lastSeenAt: row.last_seen_at.toISOString() }),
    ...(row.stale_since === null ? {} : { staleSince: row.stale_since.toISOString() }),
  };
}

const PLACE = ['distribution', 'provider', 'region'] as const;
const PLACES = ['providers', 'regions', 'zones'] as const;

const textIn = (json: Readonly<Record<string, unknown>> | null, field: string): string | undefined => {
  const value = json?.[field];
  return typeof value === 'string' ? value : undefined;
};

/** What and where the cluster is: as its server tells and, what that does not, as its nodes do where they agree. */
function placeOf({ identity, place }: Row): Partial<ClusterView> {
  const groups = identity?.['apiGroups'];
  return {
    ...Object.fromEntries(
      PLACE.flatMap((field) => {
        const value = textIn(identity, field) ?? place?.[field];
        return value === undefined ? [] : [[field, value]];
      }),
    ),
    ...Object.fromEntries(
      PLACES.flatMap((field) => {
        const values = place?.[field] ?? [];
        return values.length === 0 ? [] : [[field, values]];
      }),
    ),
    ...(Array.isArray(groups)
      ? { apiGroups: groups.filter((group): group is string => typeof group === 'string') }
      : {}),
  };
}

const toKindView = (row: Selectable<KindStatusRow>): KindStatusView => ({
  type: row.type,
  kind: row.kind,
  state: row.state,
  since: row.since.toISOString(),
  objects: row.objects,
  leftOut: row.left_out,
  ...(row.tier === null ? {} : { tier: row.tier }),
  ...(row.depth === null ? {} : { depth: row.depth }),
  ...(row.reason === null ? {} : { reason: row.reason }),
  // Of what nothing is kept of, nothing is old.
  ...(row.stale_since === null || row.objects === 0 ? {} : { staleSince: row.stale_since.toISOString() }),
  ...(row.outdated ? { outdated: true } : {}),
});
