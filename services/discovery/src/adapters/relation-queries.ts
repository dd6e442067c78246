import { RELATED_MAX, type RelatedView, type ResourceState } from '@mooring/contracts';
import type { Database } from '@mooring/read-model';
import { sql } from 'kysely';
import { connectionTerm, labelTerm, typeTerm } from '../domain/terms.ts';
import type { DiscoveryDatabase } from './tables.ts';
import { toTermQuery } from './term-query.ts';

/** The object that relations are asked for. */
export interface Related {
  readonly connection_id: string;
  readonly uid: string;
  readonly type: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface RelatedRow {
  readonly relation: string;
  readonly type: string | null;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly uid: string | null;
  readonly state: ResourceState | '' | null;
  readonly selector: Readonly<Record<string, string>> | null;
}

/** Relations of an object, both ways; those by name or by labels are resolved against what is there now. */
export async function relatedTo(
  db: Database<DiscoveryDatabase>,
  object: Related,
): Promise<{ readonly out: RelatedView[]; readonly in: RelatedView[]; readonly more: boolean }> {
  const [out, into] = await Promise.all([pointsAt(db, object), pointedAtBy(db, object)]);
  return {
    out: out.slice(0, RELATED_MAX).map(toView),
    in: into.slice(0, RELATED_MAX).map(toView),
    more: out.length > RELATED_MAX || into.length > RELATED_MAX,
  };
}

/** A selector of all namespaces is looked up by its labels; of what has them so many are looked at. */
const SELECTED_MAX = 3_000;

const termOf = (term: string) => [{ term, prefix: false }];

/** By the number of each relation that selects in all namespaces: what its objects are found by in the index of terms. */
async function selectedEverywhere(db: Database<DiscoveryDatabase>, object: Related): Promise<Record<number, string>> {
  const rows = await db
    .selectFrom('relation')
    .select(['ordinal', 'to_type', 'selector'])
    .where('connection_id', '=', object.connection_id)
    .where('from_uid', '=', object.uid)
    .where('from_type', '=', object.type)
    .where('to_namespace', 'is', null)
    .execute();
  return Object.fromEntries(
    rows.map(({ ordinal, to_type, selector }) => [
      ordinal,
      toTermQuery([
        termOf(connectionTerm(object.connection_id)),
        ...(to_type === null ? [] : [termOf(typeTerm(to_type))]),
        ...Object.entries(selector ?? {}).map(([key, value]) => termOf(labelTerm(key, value))),
      ]),
    ]),
  );
}

/**
 * What an object names may not be there, or not be watched: it is told all the same, without a UID. Of a kind whose type is not known the
 * first of that name is taken.
 */
async function pointsAt(db: Database<DiscoveryDatabase>, object: Related): Promise<readonly RelatedRow[]> {
  const everywhere = JSON.stringify(await selectedEverywhere(db, object));
  const { rows } = await sql<RelatedRow>`
    select said.relation, coalesce(there.type, said.to_type) as type, coalesce(there.kind, said.to_kind) as kind,
      coalesce(there.namespace, said.to_namespace) as namespace, coalesce(there.name, said.to_name) as name,
      there.uid, there.state, said.selector
    from relation as said left join lateral (
      (select type, kind, namespace, name, uid, state from resource
        where said.to_uid is not null and resource.connection_id = said.connection_id and resource.uid = said.to_uid
          and resource.type = coalesce(said.to_type, resource.type)
        order by type limit 1)
      union all
      (select type, kind, namespace, name, uid, state from resource
        where said.to_uid is null and said.to_name is not null and said.to_type is not null
          and resource.connection_id = said.connection_id and resource.type = said.to_type
          and resource.namespace = said.to_namespace and resource.name = said.to_name)
      union all
      (select resource.type, resource.kind, namespace, name, uid, resource.state
        from kind_status as known join resource on resource.connection_id = said.connection_id and resource.type = known.type
        where said.to_uid is null and said.to_name is not null and said.to_type is null
          and known.connection_id = said.connection_id and known.kind = said.to_kind
          and resource.namespace = said.to_namespace and resource.name = said.to_name
        order by resource.type limit 1)
      union all
      (select type, kind, namespace, name, uid, state from resource
        where said.selector is not null and said.to_type is not null
          and resource.connection_id = said.connection_id and resource.type = said.to_type
          and resource.namespace = said.to_namespace and resource.labels @> said.selector
        order by name limit ${RELATED_MAX + 1})
      union all
      (select type, kind, namespace, name, uid, state from (
          select * from resource
          where said.to_namespace is null and terms @@ (${everywhere}::jsonb ->> said.ordinal::text)::tsquery
          limit ${SELECTED_MAX}) as resource
        where resource.connection_id = said.connection_id and resource.type = said.to_type and resource.labels @> said.selector
        order by name, namespace, uid limit ${RELATED_MAX + 1})
    ) as there on true
    where said.connection_id = ${object.connection_id}::uuid and said.from_uid = ${object.uid} and said.from_type = ${object.type}
    order by said.ordinal, name, uid limit ${RELATED_MAX + 1}`.execute(db);
  return rows;
}

async function pointedAtBy(db: Database<DiscoveryDatabase>, object: Related): Promise<readonly RelatedRow[]> {
  const { rows } = await sql<RelatedRow>`
    select saying.relation, resource.type, resource.kind, resource.namespace, resource.name, resource.uid, resource.state,
      saying.selector
    from (
      (select * from relation
        where connection_id = ${object.connection_id}::uuid and to_uid = ${object.uid} limit ${RELATED_MAX + 1})
      union all
      (select * from relation
        where connection_id = ${object.connection_id}::uuid and to_name = ${object.name} and to_kind = ${object.kind}
          and to_namespace = ${object.namespace} and to_uid is null and coalesce(to_type, ${object.type}) = ${object.type}
        limit ${RELATED_MAX + 1})
      union all
      (select * from relation
        where connection_id = ${object.connection_id}::uuid and to_namespace = ${object.namespace} and to_kind = ${object.kind}
          and selector is not null and ${JSON.stringify(object.labels)}::jsonb @> selector
          and coalesce(to_type, ${object.type}) = ${object.type}
        limit ${RELATED_MAX + 1})
      union all
      (select * from relation
        where connection_id = ${object.connection_id}::uuid and to_namespace is null and to_kind = ${object.kind}
          and selector is not null and ${JSON.stringify(object.labels)}::jsonb @> selector
          and coalesce(to_type, ${object.type}) = ${object.type}
        limit ${RELATED_MAX + 1})
    ) as saying join resource on resource.connection_id = saying.connection_id and resource.uid = saying.from_uid
      and resource.type = saying.from_type
    order by saying.relation, resource.type, resource.namespace, resource.name, resource.uid, saying.ordinal
    limit ${RELATED_MAX + 1}`.execute(db);
  return rows;
}

const toView = ({ relation, type, kind, namespace, name, uid, state, selector }: RelatedRow): RelatedView => ({
  relation,
  kind,
  ...(type === null ? {} : { type }),
  ...(namespace === null || namespace === '' ? {} : { namespace }),
  ...(name === null ? {} : { name }),
  ...(uid === null ? {} : { uid }),
  ...(state === null || state === '' ? {} : { state }),
  ...(selector === null ? {} : { selector }),
});
