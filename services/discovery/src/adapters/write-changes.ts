import { sql, type Transaction } from 'kysely';
import { connectionTerm } from '../domain/terms.ts';
import type { ChangeRows } from './change-rows.ts';
import type { DiscoveryDatabase } from './tables.ts';

/** What came of one change. Those that changed nothing are not among them. */
export interface Written {
  /** Its number among the changes. */
  readonly n: number;
  /** Counted from the last batch that there was before. */
  readonly batch: number;
  readonly op: 'added' | 'changed' | 'removed';
  /** Of what was removed. */
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
}

export interface WriteOptions {
  readonly connectionId: string;
  readonly at: Date;
  /** The last batch that there was. */
  readonly batch: bigint;
  /** Whether what is done is noted as a recent change of each object. */
  readonly history: boolean;
}

/**
 * Brings objects, relations, counts and recent changes up to date, in one statement however many they are. What has the same content as
 * before is not touched. The caller holds the lock on the cluster's row, so nobody else writes here.
 */
export async function writeChanges(
  tx: Transaction<DiscoveryDatabase>,
  { upserts, relations, deletes }: ChangeRows,
  { connectionId, at, batch, history }: WriteOptions,
): Promise<readonly Written[]> {
  const { rows } = await sql<Written>`
    with given as materialized (
      select * from jsonb_to_recordset(${upserts}::jsonb) as given
        (n integer, batch integer, uid text, type text, kind text, api_version text, namespace text, name text, labels jsonb,
         record jsonb, hash text, bucket smallint, digest bigint, terms text[], state text, created_at timestamptz, relations smallint)
    ), news as materialized (
      select given.*, before.hash as hash_before, before.labels as labels_before, before.record as record_before
      from given left join resource as before
        on before.connection_id = ${connectionId}::uuid and before.uid = given.uid and before.type = given.type
      where before.hash is distinct from given.hash
    ), written as (
      insert into resource
        (connection_id, uid, type, kind, api_version, namespace, name, labels, record, hash, bucket, digest, terms, state,
          created_at, observed_at)
      select ${connectionId}::uuid, uid, type, kind, api_version, namespace, name, labels, record, hash, bucket, digest,
        array_to_tsvector(terms || ${connectionTerm(connectionId)}::text), state, created_at, ${at}::timestamptz
      from news
      on conflict (connection_id, uid, type) do update set
        kind = excluded.kind, api_version = excluded.api_version, namespace = excluded.namespace, name = excluded.name,
        labels = excluded.labels, record = excluded.record, hash = excluded.hash, digest = excluded.digest,
        terms = excluded.terms, state = excluded.state, created_at = excluded.created_at, observed_at = excluded.observed_at
    ), said as materialized (
      select news.uid, news.type, said.*
      from jsonb_to_recordset(${relations}::jsonb) as said
        (n integer, ordinal smallint, relation text, to_kind text, to_type text, to_namespace text, to_name text, to_uid text,
         selector jsonb)
      join news on news.n = said.n
    ), related as (
      insert into relation
        (connection_id, from_uid, from_type, ordinal, relation, to_kind, to_type, to_namespace, to_name, to_uid, selector)
      select ${connectionId}::uuid, uid, type, ordinal, relation, to_kind, to_type, to_namespace, to_name, to_uid, selector
      from said
      on conflict (connection_id, from_uid, from_type, ordinal) do update set
        relation = excluded.relation, to_kind = excluded.to_kind, to_type = excluded.to_type,
        to_namespace = excluded.to_namespace, to_name = excluded.to_name, to_uid = excluded.to_uid, selector = excluded.selector
      where (relation.relation, relation.to_kind, relation.to_type, relation.to_namespace, relation.to_name, relation.to_uid,
          relation.selector)
        is distinct from (excluded.relation, excluded.to_kind, excluded.to_type, excluded.to_namespace, excluded.to_name,
          excluded.to_uid, excluded.selector)
    ), gone as (
      delete from resource using jsonb_to_recordset(${deletes}::jsonb) as given (n integer, batch integer, uid text, type text)
      where resource.connection_id = ${connectionId}::uuid and resource.uid = given.uid and resource.type = given.type
      returning given.n, given.batch, resource.uid, resource.type, resource.kind, resource.namespace, resource.name, resource.hash
    ), stale as (
      select uid, type, 0 as kept from gone
      union all
      select uid, type, relations as kept from news where hash_before is not null
    ), unrelated as (
      delete from relation using stale
      where relation.connection_id = ${connectionId}::uuid and relation.from_uid = stale.uid and relation.from_type = stale.type
        and relation.ordinal >= stale.kept
    ), counted as (
      update kind_status set objects = objects + delta
      from (
        select type, sum(one)::integer as delta from (
          select type, 1 as one from news where hash_before is null union all select type, -1 from gone
        ) as each_one group by type
      ) as deltas
      where kind_status.connection_id = ${connectionId}::uuid and kind_status.type = deltas.type and delta <> 0
    ), done as materialized (
      select n, batch, uid, type, kind, namespace, name, hash_before, hash as hash_after,
        case when hash_before is null then 'added' else 'changed' end as op,
        array(
          select key from (
            select coalesce(now.key, before.key) as key
            from jsonb_each(record) as now full join jsonb_each(record_before) as before on now.key = before.key
            where hash_before is not null and now.value is distinct from before.value
            union all select 'labels' where hash_before is not null and labels <> labels_before
          ) as fields order by key
        ) as fields
      from news
      union all
      select n, batch, uid, type, kind, namespace, name, hash, null, 'removed', '{}' from gone
    ), ranked as materialized (
      select done.*, (dense_rank() over (order by batch))::integer as place from done
    ), noted as (
      insert into resource_change
        (connection_id, uid, type, kind, namespace, name, op, at, batch, fields, hash_before, hash_after)
      select ${connectionId}::uuid, uid, type, kind, namespace, name, op, ${at}::timestamptz, ${batch}::bigint + place, fields,
        hash_before, hash_after
      from ranked where ${history}::boolean order by n
    )
    select n, place as batch, op,
      case when op = 'removed' then kind end as kind,
      case when op = 'removed' then namespace end as namespace,
      case when op = 'removed' then name end as name
    from ranked order by n
  `.execute(tx);
  return rows;
}
