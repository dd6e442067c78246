import type { ConnectionState, ContextOutcome, Intent, Link, Reason } from '@mooring/contracts';

/** Rows of the projection `connections`: every value follows from the events alone. */
export interface ConnectionRow {
  id: string;
  name: string;
  state: ConnectionState;
  /** Whole {@link import('../domain/connection.ts').Connection}, as folded so far. */
  fold: unknown;
  intent: Intent;
  link: Link;
  cluster_uid: string | null;
  import_id: string | null;
  revision: bigint;
  entered_at: Date;
  changed_at: Date;
}

export interface HistoryRow {
  connection_id: string;
  revision: bigint;
  event_id: string;
  type: string;
  at: Date;
  by: string;
  user_id: string | null;
  state: ConnectionState;
  summary: string;
  message: string;
  reason: Reason | null;
  correlation_id: string;
  causation_id: string | null;
  trace_id: string;
}

export interface ImportRow {
  id: string;
  origin: string;
  status: 'running' | 'completed';
  requested_at: Date;
  completed_at: Date | null;
  user_id: string | null;
  revision: bigint;
}

export interface ImportContextRow {
  import_id: string;
  position: number;
  context: string;
  outcome: ContextOutcome | 'pending';
  connection_id: string | null;
  server: string | null;
  reason: Reason | null;
}

export interface ConnectionsTables {
  connection: ConnectionRow;
  connection_history: HistoryRow;
  import: ImportRow;
  import_context: ImportContextRow;
}
