import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { FoldedImport } from '../projections/imports.projection.ts';
import type { ImportContextRow } from '../projections/tables.ts';
import type { ConnectionsDatabase } from './tables.ts';

type Reader = Kysely<ConnectionsDatabase> | Transaction<ConnectionsDatabase>;

/** The contexts of imports, in the order of their kubeconfigs. */
export const contextsOf = async (
  db: Reader,
  ids: readonly string[],
): Promise<readonly Selectable<ImportContextRow>[]> =>
  ids.length === 0
    ? []
    : db
        .selectFrom('import_context')
        .selectAll()
        .where(sql<boolean>`import_id = any(${ids}::uuid[])`)
        .orderBy('import_id')
        .orderBy('position')
        .execute();

/** Imports as far as they were folded, from their rows. */
export async function readImports(tx: Reader, ids: readonly string[]): Promise<Map<string, FoldedImport>> {
  const rows = await tx
    .selectFrom('import')
    .selectAll()
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  const contexts = await contextsOf(
    tx,
    rows.map(({ id }) => id),
  );
  const byImport = Map.groupBy(contexts, ({ import_id }) => import_id);
  return new Map(
    rows.map((row) => {
      const own = byImport.get(row.id) ?? [];
      const resolved = own.flatMap(({ context, outcome, connection_id, reason }) =>
        outcome === 'pending'
          ? []
          : [
              [
                context,
                {
                  outcome,
                  ...(connection_id === null ? {} : { connectionId: connection_id }),
                  ...(reason === null ? {} : { reason }),
                },
              ] as const,
            ],
      );
      const state = {
        status: row.status,
        origin: row.origin === 'startup' ? ('startup' as const) : ('upload' as const),
        contexts: own.map(({ context, connection_id, server }) => ({
          context,
          connectionId: connection_id ?? '',
          ...(server === null ? {} : { server }),
        })),
        resolutions: Object.fromEntries(resolved),
      };
      return [row.id, { state, row }];
    }),
  );
}
