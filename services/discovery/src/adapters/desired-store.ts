import type { CloudEvent } from '@mooring/contracts';
import type { Database } from '@mooring/read-model';
import { sql, type Selectable } from 'kysely';
import { project, type ConnectionFact, type Desired } from '../domain/desired.ts';
import { modeOf } from '../domain/mode.ts';
import type { DesiredConnectionRow, DiscoveryDatabase } from './tables.ts';

/**
 * That somebody looked counts for so long after it was written down. The last look may be 5 s younger than what is written (see `Audience`), so
 * it counts for 15 to 20 s.
 */
const VIEW_COUNTS_MS = 20_000;

/** How one connection stands, as far as a round of comparing needs it. */
export interface Standing {
  /** Grows with every change of its row. */
  readonly version: number;
  /** Somebody looks at its cluster, or did a few seconds ago. */
  readonly isViewed: boolean;
}

/** What should be so, as connections told it. Every instance of discovery writes and reads the same rows. */
export interface DesiredStore {
  /** Takes in one event of a connection. Safe to repeat; what is not newer changes nothing. */
  record(event: CloudEvent<ConnectionFact>): Promise<void>;
  /** Of every connection that is not erased yet. */
  standings(): Promise<ReadonlyMap<string, Standing>>;
  read(connectionIds: readonly string[]): Promise<readonly Desired[]>;
  /** Nothing of it is left: {@link DesiredStore.standings} leaves it out from now on. */
  markErased(connectionId: string): Promise<void>;
  /** Somebody looks at these clusters now. Of one that is unknown or erased nothing is written. */
  noteViewed(connectionIds: readonly string[]): Promise<void>;
}

type Row = Selectable<DesiredConnectionRow>;

const toDesired = (row: Row): Desired => ({
  connectionId: row.connection_id,
  name: row.name,
  state: row.state,
  intent: row.intent,
  decision: row.decision,
  sequence: row.sequence,
  withdrawn: row.withdrawn,
  credentials: row.credentials,
  cause: row.cause,
  ...(row.reason === null ? {} : { reason: row.reason }),
  ...(row.server === null ? {} : { server: row.server }),
  ...(row.cluster_uid === null ? {} : { clusterUid: row.cluster_uid }),
});

const toRow = (desired: Desired) => ({
  connection_id: desired.connectionId,
  name: desired.name,
  state: desired.state,
  intent: desired.intent,
  decision: desired.decision,
  sequence: desired.sequence,
  withdrawn: desired.withdrawn,
  mode: modeOf(desired),
  reason: desired.reason === undefined ? null : JSON.stringify(desired.reason),
  server: desired.server ?? null,
  credentials: JSON.stringify(desired.credentials),
  cluster_uid: desired.clusterUid ?? null,
  cause: JSON.stringify(desired.cause),
});

/** By the clock of the database: those of instances may differ. */
const isViewed = sql<boolean>`coalesce(viewed_at > now() - ${VIEW_COUNTS_MS} * interval '1 millisecond', false)`;

export function createDesiredStore(db: Database<DiscoveryDatabase>): DesiredStore {
  return {
    async record(event) {
      const { connectionId } = event.data;
      await db.transaction().execute(async (tx) => {
        const before = await tx
          .selectFrom('desired_connection')
          .selectAll()
          .where('connection_id', '=', connectionId)
          .forUpdate()
          .executeTakeFirst();
        const values = toRow(project(before === undefined ? undefined : toDesired(before), event));
        if (before === undefined) {
          // Two first events at once cannot be: messages of one connection are handled one after the other.
          await tx
            .insertInto('desired_connection')
            .values({ ...values, version: 1 })
            .execute();
          return;
        }
        await tx
          .updateTable('desired_connection')
          .set({ ...values, version: before.version + 1 })
          .where('connection_id', '=', connectionId)
          .execute();
      });
    },
    async standings() {
      const rows = await db
        .selectFrom('desired_connection')
        .select(['connection_id', 'version', isViewed.as('viewed')])
        .where('erased', '=', false)
        .execute();
      return new Map(rows.map(({ connection_id, version, viewed }) => [connection_id, { version, isViewed: viewed }]));
    },
    async read(connectionIds) {
      if (connectionIds.length === 0) return [];
      const rows = await db
        .selectFrom('desired_connection')
        .selectAll()
        .where('connection_id', 'in', connectionIds)
        .execute();
      return rows.map(toDesired);
    },
    async markErased(connectionId) {
      await db
        .updateTable('desired_connection')
        .set({ erased: true })
        .where('connection_id', '=', connectionId)
        .where('state', '=', 'deleted')
        .execute();
    },
    async noteViewed(connectionIds) {
      if (connectionIds.length === 0) return;
      await db
        .updateTable('desired_connection')
        .set({ viewed_at: sql<Date>`now()` })
        .where('connection_id', 'in', connectionIds)
        .where('erased', '=', false)
        .execute();
    },
  };
}
