import { decodeKeys, encodeCursor } from '@mooring/read-model';
import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { walkedBy, type ResourceFilter, type Search } from '../domain/resource-search.ts';

/** An object's place in every list: by type, namespace and name, byte by byte; the connection and UID make it the only one there. */
export interface Place {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly connection_id: string;
  readonly uid: string;
}

const COLUMNS = ['type', 'namespace', 'name', 'connection_id', 'uid'] as const;
type Column = (typeof COLUMNS)[number];

const KEYS = ['text', 'text', 'text', 'uuid', 'text'] as const;

const typed = (column: Column, value: string): RawBuilder<unknown> =>
  column === 'connection_id' ? sql`${value}::uuid` : sql`${value}::text`;

export const placeColumns = sql.join(COLUMNS.map((column) => sql.ref(`resource.${column}`)));

/** The columns that differ within a search, in order: what is fixed must be left out, or its index would not be followed. */
function columnsOf(search: Search): readonly Column[] {
  const by = walkedBy(search);
  return COLUMNS.filter(
    (column) => !(column === 'connection_id' && by === 'connection') && !(column === 'namespace' && by === 'namespace'),
  );
}

export const inOrder = (search: Search): RawBuilder<unknown> =>
  sql.join(columnsOf(search).map((column) => sql.ref(`resource.${column}`)));

export function isAfter(search: Search, place: Place | undefined): RawBuilder<boolean> {
  if (place === undefined) return sql`true`;
  const columns = columnsOf(search);
  const values = columns.map((column) => typed(column, place[column]));
  return sql`(${inOrder(search)}) > (${sql.join(values)})`;
}

/** Whoever filters otherwise has another list. */
const listOf = (filter: ResourceFilter): string =>
  `resources ${createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 16)}`;

export const toCursor = (filter: ResourceFilter, { type, namespace, name, connection_id, uid }: Place): string =>
  encodeCursor(listOf(filter), [type, namespace, name, connection_id, uid]);

/** Throws Failure `invalid` for anything that the same list, with the same filter, did not give out. */
export function fromCursor(filter: ResourceFilter, cursor: string): Place {
  const [type = '', namespace = '', name = '', connection_id = '', uid = ''] = decodeKeys(listOf(filter), KEYS, cursor);
  return { type, namespace, name, connection_id, uid };
}
