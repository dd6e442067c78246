import type { RecordBase } from '@mooring/cluster-watch';
import { sql, type Kysely } from 'kysely';
import { stateOf } from '../../domain/resource-state.ts';
import { termsOf } from '../../domain/terms.ts';

const PAGE = 5_000;

interface Before {
  readonly connection_id: string;
  readonly type: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly record: Readonly<Record<string, unknown>>;
}

const termsOfRow = ({ type, namespace, record, ...row }: Before): readonly string[] =>
  termsOf(type, {
    ...{ ...record, ...row, apiVersion: '' },
    ...(namespace === '' ? {} : { namespace }),
  } satisfies RecordBase);

/** Page by page: terms and state are functions of the service, not of SQL. */
async function fillTerms(db: Kysely<unknown>): Promise<void> {
  // A planner that knows nothing of the table finds each row by going through its whole connection.
  await sql`analyze resource`.execute(db);
  let last = { connection_id: '00000000-0000-0000-0000-000000000000', uid: '', type: '' };
  for (;;) {
    const { rows } = await sql<Before>`
      select connection_id, type, uid, name, namespace, labels, record from resource
      where (connection_id, uid, type) > (${last.connection_id}::uuid, ${last.uid}::text, ${last.type}::text)
      order by connection_id, uid, type limit ${PAGE}`.execute(db);
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end;
    const filled = rows.map((row) => ({
      ...{ connection_id: row.connection_id, uid: row.uid, type: row.type },
      ...{ terms: termsOfRow(row), state: stateOf(row.record) ?? '' },
    }));
    await sql`
      update resource set terms = array_to_tsvector(given.terms || ('c!' || resource.connection_id)), state = given.state
      from jsonb_to_recordset(${JSON.stringify(filled)}::jsonb)
        as given (connection_id uuid, uid text, type text, terms text[], state text)
      where resource.connection_id = given.connection_id and resource.uid = given.uid and resource.type = given.type`.execute(
      db,
    );
  }
}

/**
 * One index per order in which lists are walked, one over all terms, one for parts of names. None holds what changes often, so that most
 * updates touch no index; pages are left room for them.
 */
async function indexResources(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists pg_trgm`.execute(db);
  await sql`alter table resource set (fillfactor = 85)`.execute(db);
  await sql`drop index resource_order`.execute(db);
  await sql`drop index resource_labels`.execute(db);
  await sql`create index resource_order on resource (type, namespace, name, connection_id, uid)`.execute(db);
  await sql`create index resource_in_connection on resource (connection_id, type, namespace, name, uid)`.execute(db);
  await sql`create index resource_in_namespace on resource (namespace, type, name, connection_id, uid)`.execute(db);
  await sql`create index resource_in_state on resource (state, type, namespace, name, connection_id, uid)`.execute(db);
  await sql`create index resource_terms on resource using gin (terms)`.execute(db);
  await sql`create index resource_name_parts on resource using gin (name gin_trgm_ops)`.execute(db);
}

/** By connection, type and namespace; without the namespace; without the type: what nobody asks for is not summed up each time. */
const LEVELS = sql`grouping sets ((connection_id, state, type, namespace), (connection_id, state, type), (connection_id, state, namespace))`;

/** What each sum is of; 0, 1 and 2 in the order of the levels. */
const KEYS = sql`2 * grouping(type) + grouping(namespace), connection_id, coalesce(type, ''), coalesce(namespace, ''), state`;

/** How much there is of what, kept true by the transaction that changes it. One connection has one writer, so no two wait for each other. */
async function countResources(db: Kysely<unknown>): Promise<void> {
  await sql`create table resource_count (
    level smallint not null,
    connection_id uuid not null,
    type text collate "C" not null,
    namespace text collate "C" not null,
    state text collate "C" not null,
    objects integer not null,
    constraint resource_count_key primary key (level, connection_id, type, namespace, state)
  ) with (fillfactor = 70)`.execute(db);
  await sql`insert into resource_count select ${KEYS}, count(*) from resource group by ${LEVELS}`.execute(db);
  await sql`
    create function count_resources() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into resource_count as known select ${KEYS}, count(*) from added group by ${LEVELS}
          on conflict on constraint resource_count_key do update set objects = known.objects + excluded.objects;
        return null;
      elsif tg_op = 'UPDATE' then
        insert into resource_count as known
          select ${KEYS}, sum(one) from (
            select connection_id, type, namespace, state, 1 as one from added
            union all select connection_id, type, namespace, state, -1 from removed) as change
          group by ${LEVELS} having sum(one) <> 0
          on conflict on constraint resource_count_key do update set objects = known.objects + excluded.objects;
      else
        insert into resource_count as known select ${KEYS}, -count(*) from removed group by ${LEVELS}
          on conflict on constraint resource_count_key do update set objects = known.objects + excluded.objects;
      end if;
      delete from resource_count where objects = 0 and connection_id in (select connection_id from removed);
      return null;
    end $$`.execute(db);
  await sql`create index resource_count_nothing on resource_count (connection_id) where objects = 0`.execute(db);
  await sql`create trigger count_added after insert on resource
    referencing new table as added for each statement execute function count_resources()`.execute(db);
  await sql`create trigger count_changed after update on resource
    referencing old table as removed new table as added for each statement execute function count_resources()`.execute(
    db,
  );
  await sql`create trigger count_removed after delete on resource
    referencing old table as removed for each statement execute function count_resources()`.execute(db);
}

/** Ways from an object to what points at it: by UID, by name, and the selectors of its namespace. */
async function indexRelations(db: Kysely<unknown>): Promise<void> {
  await sql`create index relation_to_uid on relation (connection_id, to_uid) where to_uid is not null`.execute(db);
  await sql`create index relation_to_name on relation (connection_id, to_name, to_kind, to_namespace) where to_name is not null`.execute(
    db,
  );
  await sql`create index relation_selector on relation (connection_id, to_namespace, to_kind) where selector is not null`.execute(
    db,
  );
}

/** What resources are found by, and how many there are of what. */
export async function createSearch(db: Kysely<unknown>): Promise<void> {
  await sql`alter table resource
    add column terms tsvector not null default '', add column state text collate "C" not null default ''`.execute(db);
  await fillTerms(db);
  await indexResources(db);
  await countResources(db);
  await indexRelations(db);
}
