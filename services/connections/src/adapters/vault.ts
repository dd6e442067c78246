import type { ClusterAccess } from '@mooring/cluster-watch';
import type { Database } from '@mooring/read-model';
import type { Sealing } from './sealing.ts';
import type { ConnectionsDatabase } from './tables.ts';

export interface StoredCredential {
  readonly id: string;
  readonly connectionId: string;
  /** The import that brought it. */
  readonly importId?: string;
  readonly access: ClusterAccess;
}

/** A credential that is kept, unopened. */
export interface KeptCredential {
  readonly id: string;
  readonly connectionId: string;
  readonly importId?: string;
  readonly ageMs: number;
}

/** Where credentials are: as ciphertext, in this service's database, and nowhere else but sealed on their way to discovery. */
export interface Vault {
  /** Keeps them all or none, before anything is recorded about them. Repeating it changes nothing. */
  keep(credentials: readonly StoredCredential[]): Promise<void>;
  open(id: string): Promise<StoredCredential | undefined>;
  /** Hands a credential to the connection that won the cluster. */
  assign(id: string, connectionId: string): Promise<void>;
  erase(ids: readonly string[]): Promise<void>;
  /** Every credential kept, with its age in milliseconds. */
  list(): Promise<readonly KeptCredential[]>;
}

const ROWS_AT_ONCE = 500;

export function createVault(db: Database<ConnectionsDatabase>, sealing: Sealing): Vault {
  return {
    async keep(credentials) {
      const rows = await Promise.all(
        credentials.map(async ({ id, connectionId, importId, access }) => ({
          id,
          connection_id: connectionId,
          import_id: importId ?? null,
          ciphertext: await sealing.seal(access),
        })),
      );
      if (rows.length === 0) return;
      await db.transaction().execute(async (tx) => {
        for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
          await tx
            .insertInto('credential')
            .values(rows.slice(start, start + ROWS_AT_ONCE))
            .onConflict((conflict) => conflict.column('id').doNothing())
            .execute();
        }
      });
    },
    async open(id) {
      const row = await db.selectFrom('credential').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      return { id: row.id, connectionId: row.connection_id, access: await sealing.open(row.ciphertext) };
    },
    async assign(id, connectionId) {
      await db.updateTable('credential').set({ connection_id: connectionId }).where('id', '=', id).execute();
    },
    async erase(ids) {
      if (ids.length > 0) await db.deleteFrom('credential').where('id', 'in', ids).execute();
    },
    async list() {
      const rows = await db
        .selectFrom('credential')
        .select(['id', 'connection_id', 'import_id'])
        .select((expression) => expression.fn<Date>('now', []).as('now'))
        .select('created_at')
        .execute();
      return rows.map(({ id, connection_id, import_id, created_at, now }) => ({
        id,
        connectionId: connection_id,
        ...(import_id === null ? {} : { importId: import_id }),
        ageMs: now.getTime() - created_at.getTime(),
      }));
    },
  };
}
