import type {
  ConnectionListQuery,
  ConnectionPage,
  ConnectionState,
  ConnectionView,
  HistoryEntry,
  HistoryPage,
  ImportPage,
  ImportView,
} from '@mooring/contracts';
import { CONNECTION_STATES, PAGE_LIMIT_DEFAULT } from '@mooring/contracts';
import { Failure } from '@mooring/kernel';
import { decodeKeys, encodeCursor, type Database, type ProjectionProgress } from '@mooring/read-model';
import { sql, type Selectable } from 'kysely';
import type { ConnectionFold } from '../domain/connection.ts';
import { toView } from '../http/view.ts';
import type { ConnectionRow, HistoryRow, ImportContextRow, ImportRow } from '../projections/tables.ts';
import { VIEW, type ConnectionsDatabase } from './tables.ts';
import { contextsOf } from './import-rows.ts';

/** What the HTTP side asks of the read model. */
export interface ConnectionQueries {
  list(query: ConnectionListQuery): Promise<ConnectionPage>;
  find(id: string): Promise<ConnectionView | undefined>;
  history(id: string, page: { limit?: number; cursor?: string }): Promise<HistoryPage>;
  listImports(page: { limit?: number; cursor?: string }): Promise<ImportPage>;
  findImport(id: string): Promise<ImportView | undefined>;
  /** The credentials that connections which are not deleted name. */
  credentialsInUse(): Promise<ReadonlySet<string>>;
}

const SORT_KEYS = { name: 'text', state: 'text', changed_at: 'time', entered_at: 'time' } as const;
const SORT_COLUMNS = { name: 'name', state: 'state', changedAt: 'changed_at', enteredAt: 'entered_at' } as const;

function readSort(sort: ConnectionListQuery['sort'] = 'name') {
  const descending = sort.startsWith('-');
  const field = (descending ? sort.slice(1) : sort) as keyof typeof SORT_COLUMNS;
  return { column: SORT_COLUMNS[field], direction: descending ? ('desc' as const) : ('asc' as const) };
}

function readStates(text: string | undefined): readonly ConnectionState[] {
  if (text === undefined) return CONNECTION_STATES.filter((state) => state !== 'deleted');
  return text.split(',').map((given) => {
    const state = CONNECTION_STATES.find((candidate) => candidate === given.trim());
    if (state === undefined) {
      throw new Failure('invalid', `state "${given}" is not one of ${CONNECTION_STATES.join(', ')}`, {
        details: { parameter: 'state', allowed: CONNECTION_STATES },
      });
    }
    return state;
  });
}

const cursorValue = (value: string | Date): string => (value instanceof Date ? value.toISOString() : value);

/** Escapes what LIKE would read as a pattern. */
const contains = (text: string): string => `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;

export function createConnectionQueries(
  database: Database<ConnectionsDatabase>,
  progress: ProjectionProgress,
): ConnectionQueries {
  const db = database.withSchema(VIEW);
  const position = async (): Promise<string> => String((await progress.positionOf(VIEW)) ?? 0n);

  return {
    async list(query) {
      const { column, direction } = readSort(query.sort);
      const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
      const good = await position();
      let rows = db.selectFrom('connection').selectAll().where('state', 'in', readStates(query.state));
      if (query.intent !== undefined) rows = rows.where('intent', '=', query.intent);
      if (query.name !== undefined) rows = rows.where('name', 'ilike', contains(query.name));
      if (query.clusterUid !== undefined) rows = rows.where('cluster_uid', '=', query.clusterUid);
      if (query.importId !== undefined) rows = rows.where('import_id', '=', query.importId);
      const kind = `connections ${direction} ${column}`;
      if (query.cursor !== undefined) {
        const [key, id] = decodeKeys(kind, [SORT_KEYS[column], 'uuid'], query.cursor);
        const operator = direction === 'asc' ? sql`>` : sql`<`;
        rows = rows.where(sql<boolean>`(${sql.ref(column)}, id) ${operator} (${key}, ${id})`);
      }
      const found = await rows
        .orderBy(column, direction)
        .orderBy('id', direction)
        .limit(limit + 1)
        .execute();
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.flatMap((row) => viewOf(row) ?? []),
        position: good,
        ...(found.length > limit && last !== undefined
          ? { nextCursor: encodeCursor(kind, [cursorValue(last[column]), last.id]) }
          : {}),
      };
    },
    async find(id) {
      const row = await db.selectFrom('connection').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : viewOf(row);
    },
    async history(id, { limit = PAGE_LIMIT_DEFAULT, cursor }) {
      const good = await position();
      const kind = `history ${id}`;
      let rows = db.selectFrom('connection_history').selectAll().where('connection_id', '=', id);
      if (cursor !== undefined) {
        const [revision = ''] = decodeKeys(kind, ['number'], cursor);
        rows = rows.where('revision', '<', BigInt(revision));
      }
      const found = await rows
        .orderBy('revision', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map(toHistoryEntry),
        position: good,
        ...(found.length > limit && last !== undefined
          ? { nextCursor: encodeCursor(kind, [last.revision.toString()]) }
          : {}),
      };
    },
    async listImports({ limit = PAGE_LIMIT_DEFAULT, cursor }) {
      const good = await position();
      let rows = db.selectFrom('import').selectAll();
      if (cursor !== undefined) {
        const [at, id] = decodeKeys('imports', ['time', 'uuid'], cursor);
        rows = rows.where(sql<boolean>`(requested_at, id) < (${at}, ${id})`);
      }
      const found = await rows
        .orderBy('requested_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const contexts = await contextsOf(
        db,
        shown.map(({ id }) => id),
      );
      return {
        items: shown.map((row) =>
          toImportView(
            row,
            contexts.filter(({ import_id }) => import_id === row.id),
          ),
        ),
        position: good,
        ...(found.length > limit && last !== undefined
          ? { nextCursor: encodeCursor('imports', [last.requested_at.toISOString(), last.id]) }
          : {}),
      };
    },
    async findImport(id) {
      const row = await db.selectFrom('import').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toImportView(row, await contextsOf(db, [id]));
    },
    async credentialsInUse() {
      const rows = await db.selectFrom('connection').select('fold').where('state', '!=', 'deleted').execute();
      const folds = rows.map(({ fold }) => fold as ConnectionFold);
      return new Set(folds.flatMap((fold) => (fold.status === 'known' ? fold.credentials.map(({ id }) => id) : [])));
    },
  };
}

function viewOf(row: Selectable<ConnectionRow>): ConnectionView | undefined {
  const fold = row.fold as ConnectionFold;
  if (fold.status === 'unknown') return undefined;
  return toView(fold, { revision: row.revision, enteredAt: row.entered_at, changedAt: row.changed_at });
}

const toHistoryEntry = (row: Selectable<HistoryRow>): HistoryEntry => ({
  revision: row.revision.toString(),
  eventId: row.event_id,
  type: row.type,
  at: row.at.toISOString(),
  by: row.by,
  ...(row.user_id === null ? {} : { userId: row.user_id }),
  state: row.state,
  summary: row.summary,
  message: row.message,
  ...(row.reason === null ? {} : { reason: row.reason }),
  correlationId: row.correlation_id,
  ...(row.causation_id === null ? {} : { causationId: row.causation_id }),
  traceId: row.trace_id,
});

const toImportView = (row: Selectable<ImportRow>, contexts: readonly Selectable<ImportContextRow>[]): ImportView => ({
  id: row.id,
  origin: row.origin,
  status: row.status,
  requestedAt: row.requested_at.toISOString(),
  ...(row.completed_at === null ? {} : { completedAt: row.completed_at.toISOString() }),
  ...(row.user_id === null ? {} : { userId: row.user_id }),
  revision: row.revision.toString(),
  contexts: contexts.map(({ context, outcome, connection_id, server, reason }) => ({
    context,
    outcome,
    ...(connection_id === null ? {} : { connectionId: connection_id }),
    ...(server === null ? {} : { server }),
    ...(reason === null ? {} : { reason }),
  })),
});
