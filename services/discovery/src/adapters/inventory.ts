import {
  bucketOf,
  digestOf,
  type Digest,
  type DigestBucket,
  type GroupResource,
  type KindStatus,
  type KnownState,
  type ResourceChange,
  type ResourceType,
} from '@mooring/cluster-watch';
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
  /** What is known of a cluster: by digest, and page by page what is in a bucket. */
  known(connectionId: string): KnownState;
  /** All of the changes or none. `at` is when they were observed. */
  apply(writer: Writer, changes: readonly ResourceChange[], at: Date): Promise<void>;
  note(writer: Writer, facts: ClusterFacts): Promise<void>;
  noteKind(writer: Writer, type: ResourceType, status: KindStatus): Promise<void>;
  /** Forgets a connection's cluster whole, whoever watches it. */
  erase(connectionId: string): Promise<void>;
}

/** What is known about the cluster as a whole; what is left out stays as it was. */
export type ClusterFacts = Omit<UpdateObject<DiscoveryDatabase, 'cluster'>, 'connection_id' | 'epoch'> &
  Partial<Pick<ClusterRow, 'watch'>>;

const KNOWN_PAGE = 5_000;

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
    known: (connectionId) => ({
      digest: () => digest(db, connectionId),
      async *objects(type, buckets) {
        for (let after = { bucket: -1, uid: '' }; ;) {
          const page = await db
            .selectFrom('resource')
            .select(['bucket', 'uid', 'hash'])
            .where('connection_id', '=', connectionId)
            .where('type', '=', type)
            .where('bucket', 'in', buckets)
            .where(sql<boolean>`(bucket, uid) > (${after.bucket}::smallint, ${after.uid}::text)`)
            .orderBy('bucket')
            .orderBy('uid')
            .limit(KNOWN_PAGE)
            .execute();
          for (const { uid, hash } of page) yield { type, uid, hash };
          const last = page.at(-1);
          if (last === undefined || page.length < KNOWN_PAGE) return;
          after = last;
        }
      },
    }),
    async apply(writer, changes, at) {
      await db.transaction().execute(async (tx) => {
        await fence(tx, writer);
        await upsert(tx, writer.connectionId, changes, at);
        await remove(tx, writer.connectionId, changes);
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
    async noteKind(writer, { groupResource: type, kind, tier, depth }, { state, reason, since, count, leftOut }) {
      const values = {
        ...{ kind, tier, depth, state, reason: reason ?? null, since: new Date(since) },
        ...{ objects: count, left_out: leftOut },
      };
      await db.transaction().execute(async (tx) => {
        await fence(tx, writer);
        await tx
          .insertInto('kind_status')
          .values({ connection_id: writer.connectionId, type, ...values })
          .onConflict((conflict) => conflict.columns(['connection_id', 'type']).doUpdateSet(values))
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
      (connection_id, uid, type, kind, api_version, namespace, name, labels, record, hash, bucket, digest, created_at, observed_at)
    select ${connectionId}::uuid, uid, type, kind, api_version, namespace, name, labels, record, hash, bucket, digest, created_at, ${at}::timestamptz
    from jsonb_to_recordset(${toStorableJson(rows)}::jsonb) as given
      (uid text, type text, kind text, api_version text, namespace text, name text, labels jsonb, record jsonb, hash text,
       bucket smallint, digest bigint, created_at timestamptz)
    on conflict (connection_id, uid, type) do update set
      kind = excluded.kind, api_version = excluded.api_version, namespace = excluded.namespace, name = excluded.name,
      labels = excluded.labels, record = excluded.record, hash = excluded.hash, digest = excluded.digest,
      created_at = excluded.created_at, observed_at = excluded.observed_at
  `.execute(tx);
}

async function remove(
  tx: Transaction<DiscoveryDatabase>,
  connectionId: string,
  changes: readonly ResourceChange[],
): Promise<void> {
  const gone = changes.flatMap((change) => (change.op === 'delete' ? [{ uid: change.uid, type: change.type }] : []));
  if (gone.length === 0) return;
  await sql`
    delete from resource using jsonb_to_recordset(${toStorableJson(gone)}::jsonb) as given (uid text, type text)
    where connection_id = ${connectionId}::uuid and resource.uid = given.uid and resource.type = given.type
  `.execute(tx);
}

async function digest(
  db: Database<DiscoveryDatabase>,
  connectionId: string,
): Promise<ReadonlyMap<GroupResource, Digest>> {
  const { rows } = await sql<{ type: string; bucket: number } & DigestBucket>`
    select type, bucket, bit_xor(digest) as xor, count(*)::integer as count from resource
    where connection_id = ${connectionId}::uuid group by type, bucket`.execute(db);
  const digests = new Map<GroupResource, Map<number, DigestBucket>>();
  for (const { type, bucket, xor, count } of rows) {
    const known = digests.get(type) ?? new Map<number, DigestBucket>();
    digests.set(type, known.set(bucket, { xor, count }));
  }
  return digests;
}

function toRow({ type, record, hash }: Extract<ResourceChange, { op: 'upsert' }>) {
  const { uid, kind, apiVersion, namespace = '', name, labels, creationTimestamp, ...rest } = record;
  const created = creationTimestamp === undefined ? Number.NaN : Date.parse(creationTimestamp);
  return {
    uid,
    type,
    kind,
    api_version: apiVersion,
    namespace,
    name,
    labels,
    record: rest,
    hash,
    bucket: bucketOf(uid),
    digest: digestOf(uid, hash).toString(),
    created_at: Number.isNaN(created) ? null : new Date(created).toISOString(),
  };
}

/** PostgreSQL stores neither U+0000 nor halves of surrogate pairs, which a cluster may well send. */
const toStorableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.replaceAll('\u0000', '\uFFFD').toWellFormed() : part,
  );
