import type { Client } from 'pg';

/** How an inventory is filled: by SQL alone, in the shapes that clusters have, the same every time. */

export const OBJECTS_PER_CLUSTER = 10_000;

/** Of 10,000 objects of a cluster: up to which number they are of a type. Most clusters have a few large types and many small ones. */
const TYPES: readonly (readonly [type: string, kind: string, apiVersion: string, upTo: number])[] = [
  ['pods', 'Pod', 'v1', 4_000],
  ['replicasets.apps', 'ReplicaSet', 'apps/v1', 5_500],
  ['endpointslices.discovery.k8s.io', 'EndpointSlice', 'discovery.k8s.io/v1', 6_300],
  ['services', 'Service', 'v1', 7_000],
  ['deployments.apps', 'Deployment', 'apps/v1', 7_650],
  ['serviceaccounts', 'ServiceAccount', 'v1', 8_050],
  ['rolebindings.rbac.authorization.k8s.io', 'RoleBinding', 'rbac.authorization.k8s.io/v1', 8_450],
  ['roles.rbac.authorization.k8s.io', 'Role', 'rbac.authorization.k8s.io/v1', 8_750],
  ['jobs.batch', 'Job', 'batch/v1', 9_000],
  ['persistentvolumeclaims', 'PersistentVolumeClaim', 'v1', 9_200],
  ['virtualservices.networking.istio.io', 'VirtualService', 'networking.istio.io/v1', 9_350],
  ['ingresses.networking.k8s.io', 'Ingress', 'networking.k8s.io/v1', 9_500],
  ['horizontalpodautoscalers.autoscaling', 'HorizontalPodAutoscaler', 'autoscaling/v2', 9_620],
  ['statefulsets.apps', 'StatefulSet', 'apps/v1', 9_680],
  ['daemonsets.apps', 'DaemonSet', 'apps/v1', 9_720],
  ['gateways.networking.istio.io', 'Gateway', 'networking.istio.io/v1', 9_730],
  ['gateways.gateway.networking.k8s.io', 'Gateway', 'gateway.networking.k8s.io/v1', 9_740],
  ['nodes', 'Node', 'v1', 9_840],
  ['namespaces', 'Namespace', 'v1', 10_000],
];

const APPS = [
  ...['checkout', 'basket', 'catalogue', 'payments', 'shipping', 'search', 'accounts', 'sessions', 'pricing', 'stock'],
  ...['mailer', 'invoices', 'ledger', 'gateway', 'frontend', 'images', 'reviews', 'ratings', 'details', 'orders'],
  ...['returns', 'loyalty', 'coupons', 'geocoder', 'routing', 'dispatch', 'tracking', 'reports', 'metrics', 'audit'],
  ...['prometheus', 'grafana', 'loki', 'tempo', 'redis', 'postgres', 'kafka', 'nats', 'vault', 'keycloak'],
];

const list = (values: readonly string[]): string => `array[${values.map((value) => `'${value}'`).join(',')}]`;

const caseOf = (column: 0 | 1 | 2): string =>
  `case ${TYPES.map((row) => `when n < ${row[3]} then '${row[column]}'`).join(' ')} end`;

/**
 * Objects of one cluster. `h` is a number that looks random and is a function of cluster and object. A pod belongs to a replica set, runs on
 * one of a hundred nodes, and has labels and images as charts give them; 3 % of what has a state are not ready.
 */
const OBJECTS = `
  with numbered as (
    select ids.connection_id, cluster, n, ('x' || substr(md5(cluster || ' ' || n), 1, 8))::bit(32)::bigint as h, md5(cluster || '.' || n) as m
    from unnest($1::uuid[]) with ordinality as ids (connection_id, cluster), generate_series(0, $2::integer - 1) as n
  ), typed as (
    select *, ${caseOf(0)} as type, ${caseOf(1)} as kind, ${caseOf(2)} as api_version,
      (${list(APPS)})[1 + h % ${APPS.length}] as app,
      case when h % 100 < 3 then 'not-ready' else 'ready' end as well
    from numbered
  ), named as (
    select *,
      case when type in ('nodes', 'namespaces') then '' else 'team-' || h / 64 % 60 end as namespace,
      case type
        when 'pods' then app || '-' || substr(m, 1, 10) || '-' || substr(m, 11, 5)
        when 'nodes' then 'worker-' || n % 100 || '.cluster-' || cluster
        when 'namespaces' then 'team-' || n % 160
        else app || '-' || substr(m, 1, 6) end as name,
      case when type in ('pods', 'deployments.apps', 'nodes', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'namespaces') then well else '' end as state,
      case when type in ('pods', 'replicasets.apps', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch')
        then 'registry.example.net/team-' || h % 20 || '/' || app || ':1.' || h % 30 || '.' || h % 7 end as image,
      case when type = 'pods' then 'worker-' || h % 100 || '.cluster-' || cluster end as node,
      case when type = 'pods' then 'uid-' || cluster || '-' || 4000 + n % 1500 end as owner
    from typed
  )
  insert into resource (connection_id, uid, type, kind, api_version, namespace, name, labels, record, hash, bucket, digest, terms, state, created_at, observed_at)
  select connection_id, 'uid-' || cluster || '-' || n, type, kind, api_version, namespace, name,
    jsonb_build_object('app.kubernetes.io/name', app, 'app.kubernetes.io/part-of', 'team-' || h % 60,
      'tier', case h % 3 when 0 then 'frontend' when 1 then 'backend' else 'data' end, 'pod-template-hash', substr(m, 1, 10)),
    jsonb_strip_nulls(jsonb_build_object('node', node, 'images', case when image is null then null else jsonb_build_array(image) end,
      'owner', case when owner is null then null else jsonb_build_object('kind', 'ReplicaSet', 'name', app, 'uid', owner) end,
      'phase', case when type = 'pods' then 'Running' end, 'ip', '10.' || h % 250 || '.' || h / 250 % 250 || '.1',
      'conditions', jsonb_build_array(jsonb_build_object('type', 'Ready', 'status', well), jsonb_build_object('type', 'Initialized', 'status', 'True')))),
    substr(m, 1, 22), h % 256, h, array_to_tsvector(array_remove(array[
      app, substr(m, 1, case when type = 'pods' then 10 else 6 end), case when type = 'pods' then substr(m, 11, 5) end, substr(m, 1, 10),
      'name', 'part', 'of', 'team', (h % 60)::text, 'tier', case h % 3 when 0 then 'frontend' when 1 then 'backend' else 'data' end, 'pod', 'template', 'hash',
      'l!app.kubernetes.io/name', 'l!app.kubernetes.io/name=' || app, 'l!app.kubernetes.io/part-of', 'l!app.kubernetes.io/part-of=team-' || h % 60,
      'l!tier', 'l!tier=' || case h % 3 when 0 then 'frontend' when 1 then 'backend' else 'data' end,
      'l!pod-template-hash', 'l!pod-template-hash=' || substr(m, 1, 10),
      case when image is not null then 'registry' end, case when image is not null then 'example' end, case when image is not null then 'i!registry' end,
      case when image is not null then 'i!example' end, case when image is not null then 'i!team' end, case when image is not null then 'i!' || app end,
      'n!' || node, 'o!' || owner, 's!' || namespace, 't!' || type, 'c!' || connection_id], null)),
    state, now() - h % 1000000 * interval '1 second', now()
  from named`;

const RELATIONS = `
  insert into relation (connection_id, from_uid, from_type, ordinal, relation, to_kind, to_type, to_namespace, to_name, to_uid, selector)
  select connection_id, uid, type, 0, 'owner', 'ReplicaSet', 'replicasets.apps', namespace, record #>> '{owner,name}', record #>> '{owner,uid}', null::jsonb
    from resource where type = 'pods'
  union all
  select connection_id, uid, type, 1, 'runs-on', 'Node', 'nodes', '', record ->> 'node', null, null from resource where type = 'pods'
  union all
  select connection_id, uid, type, 0, 'selects', 'Pod', 'pods', namespace, null, null,
    jsonb_build_object('app.kubernetes.io/name', labels ->> 'app.kubernetes.io/name', 'tier', labels ->> 'tier')
    from resource where type = 'services'`;

/**
 * Fills an empty inventory with clusters of {@link OBJECTS_PER_CLUSTER} objects. Indexes are built and counts made afterwards, as a database that was
 * restored from a dump has them; then PostgreSQL takes its samples.
 */
export async function fillInventory(sql: Client, connectionIds: readonly string[]): Promise<void> {
  // Erased ones are nobody's to look after, so the service does nothing but answer.
  await sql.query("set maintenance_work_mem = '256MB'");
  await sql.query(
    `insert into desired_connection
       (connection_id, name, state, intent, decision, sequence, withdrawn, mode, credentials, cause, version, erased)
     select id, 'cluster-' || number, 'disconnected', 'none', 1, 1, true, 'rest', '[]', '{}', 1, true
     from unnest($1::uuid[]) with ordinality as ids (id, number)`,
    [connectionIds],
  );
  await sql.query(
    `insert into cluster (connection_id, epoch, uid, watch, last_seen_at)
     select id, 1, 'cluster-' || number, 'live', now() from unnest($1::uuid[]) with ordinality as ids (id, number)`,
    [connectionIds],
  );
  await sql.query(
    `insert into kind_status (connection_id, type, kind, state, since, tier, depth)
     select id, type, kind, 'watching', now(), 'everything', 'record' from unnest($1::uuid[]) as id,
       unnest($2::text[], $3::text[]) as known (type, kind)`,
    [connectionIds, TYPES.map(([type]) => type), TYPES.map(([, kind]) => kind)],
  );
  await withoutIndexes(sql, async () => {
    await sql.query('alter table resource disable trigger user');
    await sql.query(OBJECTS, [connectionIds, OBJECTS_PER_CLUSTER]);
    await sql.query(RELATIONS);
    await sql.query('alter table resource enable trigger user');
  });
  for (const [level, type, namespace] of [
    [0, 'type', 'namespace'],
    [1, 'type', "''"],
    [2, "''", 'namespace'],
  ] as const)
    await sql.query(
      `insert into resource_count select ${level}, connection_id, ${type}, ${namespace}, state, count(*) from resource group by 2, 3, 4, 5`,
    );
  await sql.query('vacuum analyze resource');
  await sql.query('vacuum analyze relation');
  await sql.query('analyze');
}

/** Whatever indexes the service's migrations made; the keys of the tables stay. */
async function withoutIndexes(sql: Client, work: () => Promise<void>): Promise<void> {
  const { rows } = await sql.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid in ('resource'::regclass, 'relation'::regclass) and not indisprimary`,
  );
  for (const { name } of rows) await sql.query(`drop index ${name}`);
  await work();
  for (const { definition } of rows) await sql.query(definition);
}
