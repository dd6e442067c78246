import { bucketOf, digestOf } from '@mooring/cluster-watch';
import { sql, type Kysely } from 'kysely';

/** Names are compared byte by byte everywhere, so that pages are the same whatever the database's language. */
const bytewise = sql`text collate "C"`;

/** What the kinds of `0001-discovery` are called as types. */
const TYPES = {
  Namespace: 'namespaces',
  Node: 'nodes',
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Service: 'services',
  EndpointSlice: 'endpointslices.discovery.k8s.io',
  Pod: 'pods',
};

const typeOfKind = sql`coalesce(${JSON.stringify(TYPES)}::jsonb ->> kind, lower(kind))`;

const PAGE = 5_000;

interface Before {
  readonly connection_id: string;
  readonly uid: string;
  readonly hash: string;
}

/** Page by page, since bucket and digest are functions of the library, not of SQL. */
async function fillDigests(db: Kysely<unknown>): Promise<void> {
  let last = { connection_id: '00000000-0000-0000-0000-000000000000', uid: '' };
  for (;;) {
    const { rows } = await sql<Before>`
      select connection_id, uid, hash from resource
      where (connection_id, uid) > (${last.connection_id}::uuid, ${last.uid}::text)
      order by connection_id, uid limit ${PAGE}`.execute(db);
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end;
    const filled = rows.map(({ connection_id, uid, hash }) => ({
      ...{ connection_id, uid },
      bucket: bucketOf(uid),
      digest: digestOf(uid, hash).toString(),
    }));
    await sql`
      update resource set bucket = given.bucket, digest = given.digest
      from jsonb_to_recordset(${JSON.stringify(filled)}::jsonb)
        as given (connection_id uuid, uid text, bucket smallint, digest bigint)
      where resource.connection_id = given.connection_id and resource.uid = given.uid`.execute(db);
  }
}

/** An object is known by its type too: a cluster may serve the same one as two of them. */
async function typeResources(db: Kysely<unknown>): Promise<void> {
  await sql`alter table resource
    add column type ${bytewise}, add column bucket smallint, add column digest bigint`.execute(db);
  await sql`update resource set type = ${typeOfKind}`.execute(db);
  await fillDigests(db);
  await sql`alter table resource
    alter column type set not null, alter column bucket set not null, alter column digest set not null,
    drop constraint resource_key, add constraint resource_key primary key (connection_id, uid, type)`.execute(db);
  await sql`drop index resource_kind`.execute(db);
  await sql`create index resource_bucket on resource (connection_id, type, bucket)`.execute(db);
}

async function typeKinds(db: Kysely<unknown>): Promise<void> {
  await sql`alter table kind_status
    add column type ${bytewise}, add column tier text, add column depth text,
    add column objects integer not null default 0, add column left_out integer not null default 0`.execute(db);
  await sql`update kind_status set type = ${typeOfKind}`.execute(db);
  await sql`update kind_status set objects = counted.objects
    from (select connection_id, type, count(*)::integer as objects from resource group by connection_id, type) as counted
    where counted.connection_id = kind_status.connection_id and counted.type = kind_status.type`.execute(db);
  await sql`alter table kind_status
    alter column type set not null,
    drop constraint kind_status_key, add constraint kind_status_key primary key (connection_id, type)`.execute(db);
}

async function numberClusters(db: Kysely<unknown>): Promise<void> {
  await sql`alter table cluster
    add column batch bigint not null default 0,
    add column tiers jsonb not null default '{}',
    add column identity jsonb,
    add column stale_since timestamptz,
    add column outdated boolean not null default false`.execute(db);
  await sql`update cluster set stale_since = last_seen_at where watch <> 'live' and snapshot_at is not null`.execute(
    db,
  );
}

async function createRelations(db: Kysely<unknown>): Promise<void> {
  await sql`create table relation (
    connection_id uuid not null,
    from_uid ${bytewise} not null,
    from_type ${bytewise} not null,
    ordinal smallint not null,
    relation text not null,
    to_kind ${bytewise} not null,
    to_type ${bytewise},
    to_namespace ${bytewise} not null,
    to_name ${bytewise},
    to_uid ${bytewise},
    selector jsonb,
    constraint relation_key primary key (connection_id, from_uid, from_type, ordinal)
  )`.execute(db);
}

async function createChanges(db: Kysely<unknown>): Promise<void> {
  await sql`create table resource_change (
    id bigint generated always as identity constraint resource_change_key primary key,
    connection_id uuid not null,
    uid ${bytewise} not null,
    type ${bytewise} not null,
    kind ${bytewise} not null,
    namespace ${bytewise} not null,
    name ${bytewise} not null,
    op text not null,
    at timestamptz not null,
    batch bigint not null,
    fields text[] not null,
    hash_before text,
    hash_after text
  )`.execute(db);
  await sql`create index resource_change_object on resource_change (connection_id, uid, id)`.execute(db);
}

/** Rows live for milliseconds, so they are not compressed and their space is taken back early. */
async function createOutbox(db: Kysely<unknown>): Promise<void> {
  await sql`create table inventory_outbox (
    id bigint generated always as identity constraint inventory_outbox_key primary key,
    connection_id uuid not null,
    batch bigint not null,
    event_id uuid not null,
    type text not null,
    event text not null,
    bytes integer not null,
    created_at timestamptz not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`.execute(db);
  await sql`alter table inventory_outbox alter column event set storage external`.execute(db);
  await sql`create unique index inventory_outbox_batch on inventory_outbox (connection_id, batch)`.execute(db);
  await sql`create table inventory_stream (
    one boolean constraint inventory_stream_key primary key default true check (one),
    last_sequence bigint not null
  )`.execute(db);
  await sql`insert into inventory_stream (last_sequence) values (0)`.execute(db);
  await sql`create table inventory_published (
    connection_id uuid constraint inventory_published_key primary key,
    batch bigint not null,
    sequence bigint not null
  )`.execute(db);
}

/** Types instead of kinds, digests, relations, recent changes and what is still to be published. */
export async function createInventory(db: Kysely<unknown>): Promise<void> {
  await typeResources(db);
  await typeKinds(db);
  await numberClusters(db);
  await createRelations(db);
  await createChanges(db);
  await createOutbox(db);
}
