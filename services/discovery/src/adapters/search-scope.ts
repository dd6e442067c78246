import type { Database } from '@mooring/read-model';
import { operandsOf, type ResourceFilter, type Search } from '../domain/resource-search.ts';
import type { DiscoveryDatabase } from './tables.ts';

const CORE = 'core';

/** The group of `deployments.apps` is `apps`; what has none is of the group that is called `core` here. */
const groupOf = (type: string): string => (type.includes('.') ? type.slice(type.indexOf('.') + 1) : CORE);

/** Looks up which connections and types a filter is about; `undefined` when it is about none. */
export async function toSearch(db: Database<DiscoveryDatabase>, filter: ResourceFilter): Promise<Search | undefined> {
  const [connectionIds, types] = await Promise.all([connectionsOf(db, filter), typesOf(db, filter)]);
  if (connectionIds?.length === 0 || types?.length === 0) return undefined;
  const { namespace, name, states } = filter;
  return {
    states: [...new Set(states)],
    operands: operandsOf(filter),
    ...(connectionIds === undefined ? {} : { connectionIds }),
    ...(types === undefined ? {} : { types }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined || name === '' ? {} : { name }),
  };
}

async function connectionsOf(
  db: Database<DiscoveryDatabase>,
  { connectionId, clusterUid }: ResourceFilter,
): Promise<readonly string[] | undefined> {
  if (clusterUid === undefined) return connectionId === undefined ? undefined : [connectionId];
  const rows = await db.selectFrom('cluster').select('connection_id').where('uid', '=', clusterUid).execute();
  const ids = rows.map(({ connection_id }) => connection_id);
  return connectionId === undefined ? ids : ids.filter((id) => id === connectionId);
}

async function typesOf(
  db: Database<DiscoveryDatabase>,
  { types, kinds, groups }: ResourceFilter,
): Promise<readonly string[] | undefined> {
  const named = types.length === 0 ? undefined : [...new Set(types)];
  if (kinds.length === 0 && groups.length === 0) return named;
  let query = db.selectFrom('kind_status').select('type').distinct().orderBy('type');
  if (kinds.length > 0) query = query.where('kind', 'in', kinds);
  const rows = await query.execute();
  return rows
    .map(({ type }) => type)
    .filter((type) => groups.length === 0 || groups.includes(groupOf(type)))
    .filter((type) => named === undefined || named.includes(type));
}
