import type { Database } from './database.ts';
import { servingCheckpoint } from './projection/checkpoint.ts';

/**
 * Whether the tables of projection `name` can be read, by whichever version and instance they were made; they may still be
 * empty. Failures: `unavailable`, `timeout`, `denied`.
 */
export const tablesServe = async <DB>(db: Database<DB>, name: string): Promise<boolean> =>
  (await servingCheckpoint(db, name)) !== undefined;
