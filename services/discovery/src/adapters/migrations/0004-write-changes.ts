import { sql, type Kysely, type RawBuilder } from 'kysely';

/**
 * Writes a batch of changes. A function of the database so that its plan is kept, and nothing is compiled for a few rows. What it does is said
 * at `writeChanges`; to change it, a later migration replaces it.
 *
 * An object is looked up by its uid, one at a time. The planner knows nothing of a table that is just being filled: with `type = …` it takes an
 * index that begins with the type, and reads every pod of a cluster for each pod that comes; without `lateral` it reads the whole cluster for each batch.
 */
export const createWriteChanges = (db: Kysely<unknown>) => replaceWriteChanges(db, sql`with_history`);

/** The same for a later migration. `isHistory` says of a row of `ranked` whether it is noted as a recent change. */
export async function replaceWriteChanges(db: Kysely<unknown>, isHistory: RawBuilder<boolean>): Promise<void> {
  await sql`
    create or replace function write_changes(
      given_connection uuid, connection_term text, given_upserts jsonb, given_relations jsonb, given_deletes jsonb,
      given_at timestamptz, last_batch bigint, with_history boolean
    ) returns table (n integer, batch integer, op text, kind text, namespace text, name text) language plpgsql set jit = off as $$
    #variable_conflict use_column
    begin
    return query
    with given as materialized (
      select * from jsonb_to_recordset(given_upserts) as given
        (n integer, batch integer, uid text, type text, kind text, api_version text, namespace text, name text, labels jsonb,
         record jsonb, hash text, bucket smallint, digest bigint, terms text[], state text, created_at timestamptz, relations smallint)
    ), news as materialized (
      select given.*, before.hash as hash_before, before.labels as labels_before, before.record as record_before
      from given left join lateral (
        select hash, labels, record from resource
        where connection_id = given_connection and uid = given.uid and type || '' = given.type limit 1
      ) as before on true
      where before.hash is distinct from given.hash
    ), written as (
      insert into resource
        (connection_id, uid, type, kind, api_version, namespace, name, labels, record, hash, bucket, digest, terms, state,
          created_at, observed_at)
      select given_connection, uid, type, kind, api_version, namespace, name, labels, record, hash, bucket, digest,
        array_to_tsvector(terms || connection_term), state, created_at, given_at
      from news
      on conflict (connection_id, uid, type) do update set
        kind = excluded.kind, api_version = excluded.api_version, namespace = excluded.namespace, name = excluded.name,
        labels = excluded.labels, record = excluded.record, hash = excluded.hash, digest = excluded.digest,
        terms = excluded.terms, state = excluded.state, created_at = excluded.created_at, observed_at = excluded.observed_at
    ), said as materialized (
      select news.uid, news.type, said.*
      from jsonb_to_recordset(given_relations) as said
        (n integer, ordinal smallint, relation text, to_kind text, to_type text, to_namespace text, to_name text, to_uid text,
         selector jsonb)
      join news on news.n = said.n
    ), related as (
      insert into relation
        (connection_id, from_uid, from_type, ordinal, relation, to_kind, to_type, to_namespace, to_name, to_uid, selector)
      select given_connection, uid, type, ordinal, relation, to_kind, to_type, to_namespace, to_name, to_uid, selector
      from said
      on conflict (connection_id, from_uid, from_type, ordinal) do update set
        relation = excluded.relation, to_kind = excluded.to_kind, to_type = excluded.to_type,
        to_namespace = excluded.to_namespace, to_name = excluded.to_name, to_uid = excluded.to_uid, selector = excluded.selector
      where (relation.relation, relation.to_kind, relation.to_type, relation.to_namespace, relation.to_name, relation.to_uid,
          relation.selector)
        is distinct from (excluded.relation, excluded.to_kind, excluded.to_type, excluded.to_namespace, excluded.to_name,
          excluded.to_uid, excluded.selector)
    ), gone as (
      delete from resource using jsonb_to_recordset(given_deletes) as given (n integer, batch integer, uid text, type text)
      where resource.connection_id = given_connection and resource.uid = given.uid and resource.type || '' = given.type
      returning given.n, given.batch, resource.uid, resource.type, resource.kind, resource.namespace, resource.name, resource.hash
    ), stale as (
      select uid, type, 0 as kept from gone
      union all
      select uid, type, relations as kept from news where hash_before is not null
    ), unrelated as (
      delete from relation using stale
      where relation.connection_id = given_connection and relation.from_uid = stale.uid and relation.from_type = stale.type
        and relation.ordinal >= stale.kept
    ), counted as (
      update kind_status set objects = objects + delta
      from (
        select type, sum(one)::integer as delta from (
          select type, 1 as one from news where hash_before is null union all select type, -1 from gone
        ) as each_one group by type
      ) as deltas
      where kind_status.connection_id = given_connection and kind_status.type = deltas.type and delta <> 0
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
      select given_connection, uid, type, kind, namespace, name, op, given_at, last_batch + place, fields,
        hash_before, hash_after
      from ranked where ${isHistory} order by n
    )
    select n, place as batch, op,
      case when op = 'removed' then kind end as kind,
      case when op = 'removed' then namespace end as namespace,
      case when op = 'removed' then name end as name
    from ranked order by n
    ;
    end $$`.execute(db);
}
