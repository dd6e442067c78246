import { BASIC_TYPES, type KindStatus, type KnownObject, type ResourceChange } from '@mooring/cluster-watch';
import { Failure } from '@mooring/kernel';
import type { Database } from '@mooring/read-model';
import { sql, type Transaction, type UpdateObject } from 'kysely';
import type { ClusterRow, DiscoveryDatabase } from './tables.ts';

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
  /** Everything known of a cluster, in no order, read page by page. */
  known(connectionId: string): AsyncIterable<KnownObject>;
  /** All of the changes or none. `at` is when they were observed. */
  apply(writer: Writer, changes: readonly ResourceChange[], at: Date): Promise<void>;
  note(writer: Writer, facts: ClusterFacts): Promise<void>;
  noteKind(writer: Writer, kind: string, status: KindStatus): Promise<void>;
  /** Forgets a connection's cluster whole, whoever watches it. */
  erase(connectionId: string): Promise<void>;
}

/** What is known about the cluster as a whole; what is left out stays as it was. */
export type ClusterFacts = Omit<UpdateObject<DiscoveryDatabase, 'cluster'>, 'connection_id' | 'epoch'> &
  Partial<Pick<ClusterRow, 'watch'>>;

const KNOWN_PAGE = 5_000;

const TYPE_OF: ReadonlyMap<string, string> = new Map(
  BASIC_TYPES.map(({ kind, groupResource }) => [kind, groupResource]),
);

const fenced = ({ connectionId, epoch }: Writer): Failure =>
  new Failure(
    'conflict',
    `watch ${epoch} of connection ${connectionId} is over: a newer one has begun, or it is deleted`,
  );

async function fence(tx: Transaction<DiscoveryDatabase>, writer: Writer): Promise<void> {
  const row = await tx
    .selectFrom('cluster')
    .select('epoch')
    .where('connection_id', '=', writer.connectionId)
    .forUpdate()
    .executeTakeFirst();
  if (row?.epoch !== writer.epoch) throw fenced(writer);
}

export function createInventory(db: Database<DiscoveryDatabase>): Inventory {
  return {
    async takeOver({ connectionId, epoch }) {
      const taken = await db
        .insertInto('cluster')
        .values({ connection_id: connectionId, epoch, watch: 'connecting' })
        .onConflict((conflict) =>
          conflict.column('connection_id').doUpdateSet({ epoch }).where('cluster.epoch', '<', epoch),
        )
        .executeTakeFirst();
      if (taken.numInsertedOrUpdatedRows === 0n) throw fenced({ connectionId, epoch });
    },
    async *known(connectionId) {
      for (let after = ''; ;) {
        const page = await db
          .selectFrom('resource')
          .select(['kind', 'uid', 'hash'])
          .where('connection_id', '=', connectionId)
          .where('uid', '>', after)
          .orderBy('uid')
          .limit(KNOWN_PAGE)
          .execute();
        for (const { kind, uid, hash } of page) yield { type: TYPE_OF.get(kind) ?? kind, uid, hash };
        const last = page.at(-1);
        if (last === undefined || page.length < KNOWN_PAGE) return;
        after = last.uid;
      }
    },
    async apply(writer, changes, at) {
      const gone = changes.flatMap((change) => (change.op === 'delete' ? [change.uid] : []));
      await db.transaction().execute(async (tx) => {
        await fence(tx, writer);
        await upsert(tx, writer.connectionId, changes, at);
        if (gone.length > 0)
          await tx
            .deleteFrom('resource')
            .where('connection_id', '=', writer.connectionId)
            .where('uid', 'in', gone)
            .execute();
        await tx
          .updateTable('cluster')
          .set({ last_seen_at: at })
          .where('connection_id', '=', writer.connectionId)
          .execute();
      });
    },
    async note(writer, facts) {
      const { numUpdatedRows } = await db
        .updateTable('cluster')
        .set(facts)
        .where('connection_id', '=', writer.connectionId)
        .where('epoch', '=', writer.epoch)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw fenced(writer);
    },
    async noteKind(writer, kind, { state, reason, since }) {
      const values = { state, reason: reason ?? null, since: new Date(since) };
      await db.transaction().execute(async (tx) => {
        await fence(tx, writer);
        await tx
          .insertInto('kind_status')
          .values({ connection_id: writer.connectionId, kind, ...values })
          .onConflict((conflict) => conflict.columns(['connection_id', 'kind']).doUpdateSet(values))
          .execute();
      });
    },
    async erase(connectionId) {
      await db.transaction().execute(async (tx) => {
        await tx.deleteFrom('cluster').where('connection_id', '=', connectionId).execute();
        await tx.deleteFrom('resource').where('connection_id', '=', connectionId).execute();
      });
    },
  };
}

/** One statement for a whole batch, however large: the rows travel as one JSON text. */
async function upsert(
  tx: Transaction<DiscoveryDatabase>,
  connectionId: string,
  changes: readonly ResourceChange[],
  at: Date,
): Promise<void> {
  const rows = changes.flatMap((change) => (change.op === 'upsert' ? [toRow(change)] : []));
  if (rows.length === 0) return;
  await sql`
    insert into resource
      (connection_id, uid, kind, api_version, namespace, name, labels, record, hash, created_at, observed_at)
    select ${connectionId}::uuid, uid, kind, api_version, namespace, name, labels, record, hash, created_at, ${at}::timestamptz
    from jsonb_to_recordset(${toStorableJson(rows)}::jsonb) as given
      (uid text, kind text, api_version text, namespace text, name text, labels jsonb, record jsonb, hash text, created_at timestamptz)
    on conflict (connection_id, uid) do update set
      kind = excluded.kind, api_version = excluded.api_version, namespace = excluded.namespace, name = excluded.name,
      labels = excluded.labels, record = excluded.record, hash = excluded.hash,
      created_at = excluded.created_at, observed_at = excluded.observed_at
  `.execute(tx);
}

function toRow({ record, hash }: Extract<ResourceChange, { op: 'upsert' }>) {
  const { uid, kind, apiVersion, namespace = '', name, labels, creationTimestamp, ...rest } = record;
  const created = creationTimestamp === undefined ? Number.NaN : Date.parse(creationTimestamp);
  return {
    uid,
    kind,
    api_version: apiVersion,
    namespace,
    name,
    labels,
    record: rest,
    hash,
    created_at: Number.isNaN(created) ? null : new Date(created).toISOString(),
  };
}

/** PostgreSQL stores neither U+0000 nor halves of surrogate pairs, which a cluster may well send. */
const toStorableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.replaceAll('\u0000', '\uFFFD').toWellFormed() : part,
  );
