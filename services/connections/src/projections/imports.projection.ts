import type { StoredEvent } from '@mooring/event-store';
import { evolveImport, NO_IMPORT, type Import, type ImportEvent } from '../domain/import.ts';
import type { ImportContextRow, ImportRow } from './tables.ts';

export type StoredImportEvent = StoredEvent<ImportEvent>;

export interface FoldedImport {
  readonly state: Import;
  readonly row: ImportRow;
}

/** One more event of an import. */
export function foldImport(before: FoldedImport | undefined, event: StoredImportEvent): FoldedImport {
  const state = evolveImport(before?.state ?? NO_IMPORT, event);
  const completed = event.type === 'ImportCompleted';
  return {
    state,
    row: {
      id: event.data.importId,
      origin: state.origin ?? 'upload',
      status: state.status === 'completed' ? 'completed' : 'running',
      requested_at: before?.row.requested_at ?? event.recordedAt,
      completed_at: completed ? event.recordedAt : (before?.row.completed_at ?? null),
      user_id: before?.row.user_id ?? event.metadata.userId ?? null,
      revision: event.revision,
    },
  };
}

/**
 * The contexts of an import with what became of them, in the order of the kubeconfig: those that are new, or that have an outcome now
 * and had none before.
 */
export const changedContextRows = (
  before: FoldedImport | undefined,
  { state, row }: FoldedImport,
): readonly ImportContextRow[] =>
  state.contexts.flatMap(({ context, server }, position) => {
    const resolution = state.resolutions[context];
    if (before !== undefined && resolution === before.state.resolutions[context]) return [];
    return [
      {
        import_id: row.id,
        position,
        context,
        outcome: resolution?.outcome ?? 'pending',
        connection_id: resolution?.connectionId ?? null,
        server: server ?? null,
        reason: resolution?.reason ?? null,
      },
    ];
  });
