import type { ColumnType } from 'kysely';
import type { ConnectionsTables } from '../projections/tables.ts';

/** A credential as it is kept: only its ciphertext, and what must be known without opening it. */
export interface CredentialRow {
  id: string;
  connection_id: string;
  import_id: string | null;
  /** Compact JWE (RFC 7516) of the JSON of a ClusterAccess. */
  ciphertext: string;
  created_at: ColumnType<Date, Date | undefined, never>;
}

/** The tables of this service's database: its credentials, and the rows of its projections. */
export interface ConnectionsDatabase extends ConnectionsTables {
  credential: CredentialRow;
}

/** The name of the projection of connections and imports, and of the schema its tables are in. */
export const VIEW = 'connections_view';
