import { openDatabase } from '@mooring/read-model';
import { sql } from 'kysely';
import type { Objects } from './compare.ts';

/** What the inventory has. */
export interface InventoryReader extends AsyncDisposable {
  /** Every object of a connection, read in one statement. */
  objects(connectionId: string): Promise<Objects>;
  /** Whether there is an object of this name. */
  has(connectionId: string, name: string): Promise<boolean>;
}

interface Row {
  readonly uid: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly hash: string;
}

/** Reads the tables of discovery themselves: what an API leaves out cannot hide there. */
export function openInventory(url: string): InventoryReader {
  const db = openDatabase<Record<string, never>>({ url, applicationName: 'soak', poolMax: 1 });
  return {
    async objects(connectionId) {
      const { rows } = await sql<Row>`
        select uid, kind, namespace, name, hash from resource where connection_id = ${connectionId}`.execute(db);
      return new Map(
        rows.map(({ uid, kind, namespace, name, hash }) => [uid, { name: `${kind} ${namespace}/${name}`, hash }]),
      );
    },
    async has(connectionId, name) {
      const { rows } =
        await sql`select 1 from resource where connection_id = ${connectionId} and name = ${name} limit 1`.execute(db);
      return rows.length > 0;
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
}
