import { sql, type Transaction } from 'kysely';
import { connectionTerm } from '../domain/terms.ts';
import type { ChangeRows } from './change-rows.ts';
import type { DiscoveryDatabase } from './tables.ts';

/** What came of one change. Those that changed nothing are not among them. */
export interface Written {
  /** Its number among the changes. */
  readonly n: number;
  /** Counted from the last batch that there was before. */
  readonly batch: number;
  readonly op: 'added' | 'changed' | 'removed';
  /** Of what was removed. */
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
}

export interface WriteOptions {
  readonly connectionId: string;
  readonly at: Date;
  /** The last batch that there was. */
  readonly batch: bigint;
  /** Whether what is done is noted as a recent change of each object. */
  readonly history: boolean;
}

/**
 * Brings objects, relations, counts and recent changes up to date, in one statement however many they are. What has the same content as
 * before is not touched. The caller holds the lock on the cluster's row, so nobody else writes here.
 */
export async function writeChanges(
  tx: Transaction<DiscoveryDatabase>,
  { upserts, relations, deletes }: ChangeRows,
  { connectionId, at, batch, history }: WriteOptions,
): Promise<readonly Written[]> {
  const { rows } = await sql<Written>`
    select * from write_changes(${connectionId}::uuid, ${connectionTerm(connectionId)}::text, ${upserts}::jsonb, ${relations}::jsonb,
      ${deletes}::jsonb, ${at}::timestamptz, ${batch}::bigint, ${history}::boolean)`.execute(tx);
  return rows;
}
