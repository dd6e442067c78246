import {
  relationsOf,
  type KindStatus,
  type KnownState,
  type ResourceChange,
  type ResourceType,
  type Tier,
} from '@mooring/cluster-watch';
import { Failure } from '@mooring/kernel';
import type { Database } from '@mooring/read-model';
import { sql, type Selectable, type Transaction, type UpdateObject } from 'kysely';
import { toChangeRows } from './change-rows.ts';
import { knownState } from './known-state.ts';
import { putChanges, putErased } from './outbox-rows.ts';
import type { ClusterRow, DiscoveryDatabase, WatchPhase } from './tables.ts';
import { writeChanges } from './write-changes.ts';
import { endKinds, writeKind, type Found } from './write-kind.ts';

/** Who writes: the watch of a connection, by its epoch. */
export interface Writer {
  readonly connectionId: string;
  readonly epoch: number;
}

/**
 * What is in the clusters, as last seen. Each call is one transaction that first makes sure that no newer watch has begun; if
 * one has, or the connection is erased, nothing is written and a Failure `conflict` is thrown.
 */
export interface Inventory {
  /** The writer takes over; older ones are fenced from now on. What was known stays. */
  takeOver(writer: Writer): Promise<void>;
  /** What is known of a cluster: by the root of a digest per type, by digest, and page by page what is in a bucket. */
  known(connectionId: string): KnownState;
  /**
   * All of the changes or none, with their relations, what is remembered of them and what is published of them. `at` is when they were
   * observed. What has the same content as before leaves no trace.
   */
  apply(writer: Writer, changes: readonly ResourceChange[], at: Date): Promise<void>;
  note(writer: Writer, facts: ClusterFacts): Promise<void>;
  /** A tier was reached; the first one begins anew. */
  noteTier(writer: Writer, tier: Tier, at: Date): Promise<void>;
  /** How a kind is doing. While it is not followed, what is kept of it is as old as when that began, or as its cluster if that is older. */
  noteKind(writer: Writer, type: ResourceType, status: KindStatus): Promise<void>;
  /** The state is complete as of `at`. Kinds that were not found and of which nothing is kept have gone. */
  noteSnapshot(writer: Writer, found: Found, at: Date): Promise<void>;
  /** Forgets a connection's cluster whole, whoever watches it; listeners are told once, however often it is called. */
  erase(connectionId: string): Promise<void>;
}

/** What is known about the cluster as a whole; what is left out stays as it was. */
export type ClusterFacts = Omit<UpdateObject<DiscoveryDatabase, 'cluster'>, 'connection_id' | 'epoch' | 'watch'> &
  Partial<Pick<ClusterRow, 'watch'>>;

export interface InventoryDeps {
  readonly db: Database<DiscoveryDatabase>;
  readonly systemId: string;
  /** There is something to publish. */
  readonly onOutbox?: () => void;
  /** So many changes of a batch made a difference, in so many seconds; so many could not be stored. */
  readonly onApplied?: (applied: {
    readonly changes: number;
    readonly seconds: number;
    readonly leftOut: number;
  }) => void;
}

const fenced = ({ connectionId, epoch }: Writer): Failure =>
  new Failure(
    'conflict',
    `watch ${epoch} of connection ${connectionId} is over: a newer one has begun, or it is deleted`,
  );

/** Locks the cluster's row: whoever writes of a cluster does it one after the other. */
async function fence(tx: Transaction<DiscoveryDatabase>, writer: Writer): Promise<Selectable<ClusterRow>> {
  const row = await tx
    .selectFrom('cluster')
    .selectAll()
    .where('connection_id', '=', writer.connectionId)
    .forUpdate()
    .executeTakeFirst();
  if (row?.epoch !== writer.epoch) throw fenced(writer);
  return row;
}

export function createInventory({ db, systemId, onOutbox, onApplied }: InventoryDeps): Inventory {
  const note = async (writer: Writer, facts: ClusterFacts): Promise<void> => {
    const { numUpdatedRows } = await db
      .updateTable('cluster')
      .set({ ...facts, ...staleness(facts.watch) })
      .where('connection_id', '=', writer.connectionId)
      .where('epoch', '=', writer.epoch)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw fenced(writer);
  };

  return {
    note,
    async takeOver({ connectionId, epoch }) {
      const taken = await db
        .insertInto('cluster')
        .values({ connection_id: connectionId, epoch, watch: 'connecting', batch: afterPublished(connectionId) })
        .onConflict((conflict) =>
          conflict.column('connection_id').doUpdateSet({ epoch }).where('cluster.epoch', '<', epoch),
        )
        .executeTakeFirst();
      if (taken.numInsertedOrUpdatedRows === 0n) throw fenced({ connectionId, epoch });
    },
    known: (connectionId) => knownState(db, connectionId),
    async apply(writer, changes, at) {
      const startedMs = performance.now();
      const rows = toChangeRows(changes, relationsOf);
      const { connectionId } = writer;
      const count = await db.transaction().execute(async (tx) => {
        const { batch, uid, snapshot_at } = await fence(tx, writer);
        // What was there when the cluster was first read has not changed; of a kind that is read later the statement itself knows it.
        const written = await writeChanges(tx, rows, { connectionId, at, batch, history: snapshot_at !== null });
        if (written.length === 0) return 0;
        const hasNodes = written.some(({ n }) => rows.types[n] === 'nodes');
        const publisher = { connectionId, clusterUid: uid ?? undefined, systemId, at };
        const last = await putChanges(tx, written, rows.published, publisher, batch);
        await tx
          .updateTable('cluster')
          .set({ ...{ batch: last, last_seen_at: at }, ...(hasNodes ? { nodes_changed: true } : {}) })
          .where('connection_id', '=', connectionId)
          .execute();
        return written.length;
      });
      if (count > 0) onOutbox?.();
      onApplied?.({ changes: count, seconds: (performance.now() - startedMs) / 1_000, leftOut: rows.leftOut });
    },
    noteTier: (writer, tier, at) =>
      note(writer, {
        tiers: sql`${tier === 'identity' ? sql`'{}'::jsonb` : sql.ref('tiers')} || ${JSON.stringify({ [tier]: at.toISOString() })}::jsonb`,
      }),
    noteKind: (writer, type, status) =>
      db.transaction().execute(async (tx) => {
        const { stale_since } = await fence(tx, writer);
        await writeKind(tx, writer.connectionId, type, status, stale_since);
      }),
    noteSnapshot: (writer, found, at) =>
      db.transaction().execute(async (tx) => {
        await fence(tx, writer);
        await endKinds(tx, writer.connectionId, found, at);
        const facts = { watch: 'live', reason: null, snapshot_at: at, last_seen_at: at } as const;
        await tx
          .updateTable('cluster')
          .set({ ...facts, ...staleness('live') })
          .where('connection_id', '=', writer.connectionId)
          .execute();
      }),
    async erase(connectionId) {
      const at = new Date();
      await db.transaction().execute(async (tx) => {
        const erased = await tx
          .deleteFrom('cluster')
          .where('connection_id', '=', connectionId)
          .returning('batch')
          .executeTakeFirst();
        for (const table of ['resource', 'relation', 'resource_change'] as const)
          await tx.deleteFrom(table).where('connection_id', '=', connectionId).execute();
        // Done once more, as after a crash in the middle: what waits is the last word from the first time.
        if (erased === undefined) return;
        await tx.deleteFrom('inventory_outbox').where('connection_id', '=', connectionId).execute();
        // Nobody ever heard of a cluster without a batch.
        if (erased.batch > 0n) await putErased(tx, { connectionId, systemId, at, batch: erased.batch + 1n });
      });
      onOutbox?.();
    },
  };
}

/** Where there were batches before this database, listeners must miss a number: what they know is not what begins here. */
const afterPublished = (connectionId: string) =>
  sql<bigint>`coalesce((select batch + 1 from inventory_published where connection_id = ${connectionId}::uuid), 0)`;

/** From when on what is kept may be old: since the cluster was last followed. It is fresh again when its state is complete again. */
function staleness(watch: WatchPhase | undefined) {
  switch (watch) {
    case 'live':
      return { stale_since: null, outdated: false };
    case 'away':
    case 'resting':
    case 'looking':
      return {
        stale_since: sql<Date | null>`case when snapshot_at is not null then coalesce(stale_since, last_seen_at) end`,
      };
    default:
      return {};
  }
}
