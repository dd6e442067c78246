import type { StoredEvent } from '@mooring/event-store';
import { writeRows, type Projection } from '@mooring/read-model';
import { sql, type Transaction } from 'kysely';
import type { ConnectionFold } from '../domain/connection.ts';
import {
  foldOne,
  toConnectionRow,
  toHistoryRow,
  type FoldedConnection,
  type StoredConnectionEvent,
} from '../projections/connections.projection.ts';
import { changedContextRows, foldImport, type StoredImportEvent } from '../projections/imports.projection.ts';
import { VIEW, type ConnectionsDatabase } from './tables.ts';
import { readImports } from './import-rows.ts';

type Tx = Transaction<ConnectionsDatabase>;

const isConnectionEvent = (event: StoredEvent): event is StoredConnectionEvent =>
  event.streamName.startsWith('connection-');
const isImportEvent = (event: StoredEvent): event is StoredImportEvent => event.streamName.startsWith('import-');

/** Connections with their history, and imports with their contexts. */
export const viewProjection: Projection<ConnectionsDatabase> = {
  name: VIEW,
  version: 1,
  prefixes: ['connection-', 'import-'],
  async create(tx) {
    await tx.schema
      .createTable('connection')
      .addColumn('id', 'uuid', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('fold', 'jsonb', (column) => column.notNull())
      .addColumn('intent', 'text', (column) => column.notNull())
      .addColumn('link', 'text', (column) => column.notNull())
      .addColumn('cluster_uid', 'text')
      .addColumn('import_id', 'uuid')
      .addColumn('revision', 'int8', (column) => column.notNull())
      .addColumn('entered_at', 'timestamptz(3)', (column) => column.notNull())
      .addColumn('changed_at', 'timestamptz(3)', (column) => column.notNull())
      .execute();
    for (const columns of [
      ['name', 'id'],
      ['state', 'id'],
      ['changed_at', 'id'],
      ['entered_at', 'id'],
    ] as const) {
      await tx.schema
        .createIndex(`connection_${columns[0]}`)
        .on('connection')
        .columns([...columns])
        .execute();
    }
    await tx.schema.createIndex('connection_cluster').on('connection').column('cluster_uid').execute();
    await tx.schema
      .createTable('connection_history')
      .addColumn('connection_id', 'uuid', (column) => column.notNull())
      .addColumn('revision', 'int8', (column) => column.notNull())
      .addColumn('event_id', 'uuid', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('at', 'timestamptz(3)', (column) => column.notNull())
      .addColumn('by', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('summary', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('reason', 'jsonb')
      .addColumn('correlation_id', 'text', (column) => column.notNull())
      .addColumn('causation_id', 'text')
      .addColumn('trace_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('connection_history_key', ['connection_id', 'revision'])
      .execute();
    await tx.schema
      .createTable('import')
      .addColumn('id', 'uuid', (column) => column.primaryKey())
      .addColumn('origin', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('requested_at', 'timestamptz(3)', (column) => column.notNull())
      .addColumn('completed_at', 'timestamptz(3)')
      .addColumn('user_id', 'text')
      .addColumn('revision', 'int8', (column) => column.notNull())
      .execute();
    await tx.schema.createIndex('import_requested_at').on('import').columns(['requested_at', 'id']).execute();
    await tx.schema
      .createTable('import_context')
      .addColumn('import_id', 'uuid', (column) => column.notNull())
      .addColumn('position', 'int4', (column) => column.notNull())
      .addColumn('context', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text', (column) => column.notNull())
      .addColumn('connection_id', 'uuid')
      .addColumn('server', 'text')
      .addColumn('reason', 'jsonb')
      .addPrimaryKeyConstraint('import_context_key', ['import_id', 'position'])
      .execute();
  },
  async apply(tx, events) {
    await applyConnections(tx, events.filter(isConnectionEvent));
    await applyImports(tx, events.filter(isImportEvent));
  },
};

/** Each connection's row is read and written once a batch, however many events it has. */
async function applyConnections(tx: Tx, events: readonly StoredConnectionEvent[]): Promise<void> {
  if (events.length === 0) return;
  const ids = [...new Set(events.map(({ data }) => data.connectionId))];
  const rows = await tx
    .selectFrom('connection')
    .selectAll()
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  const folded = new Map<string, FoldedConnection>(
    rows.map((row) => [
      row.id,
      {
        fold: row.fold as ConnectionFold,
        enteredAt: row.entered_at,
        changedAt: row.changed_at,
        revision: row.revision,
      },
    ]),
  );
  for (const event of events) folded.set(event.data.connectionId, foldOne(folded.get(event.data.connectionId), event));
  const changed = [...folded.values()].flatMap((connection) => toConnectionRow(connection) ?? []);
  if (changed.length === 0) return;
  await writeRows(tx, 'connection', changed, ['id']);
  await writeRows(tx, 'connection_history', events.map(toHistoryRow));
}

async function applyImports(tx: Tx, events: readonly StoredImportEvent[]): Promise<void> {
  if (events.length === 0) return;
  const ids = [...new Set(events.map(({ data }) => data.importId))];
  const before = await readImports(tx, ids);
  const folded = new Map(before);
  for (const event of events) folded.set(event.data.importId, foldImport(folded.get(event.data.importId), event));
  await writeRows(
    tx,
    'import',
    [...folded.values()].map(({ row }) => row),
    ['id'],
  );
  // Most contexts of a large import are as they were after most batches.
  const contexts = [...folded].flatMap(([id, after]) => changedContextRows(before.get(id), after));
  await writeRows(tx, 'import_context', contexts, ['import_id', 'position']);
}
