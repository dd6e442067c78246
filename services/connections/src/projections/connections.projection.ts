import { eventTypeOfStored, type Reason } from '@mooring/contracts';
import type { StoredEvent } from '@mooring/event-store';
import { parseTraceparent } from '@mooring/kernel';
import { evolve, UNKNOWN, type ConnectionEvent, type ConnectionFold } from '../domain/connection.ts';
import { tell } from '../narrative.ts';
import type { ConnectionRow, HistoryRow } from './tables.ts';

export type StoredConnectionEvent = StoredEvent<ConnectionEvent>;

/** A connection as far as it was folded, with what only the store knows of it. */
export interface FoldedConnection {
  readonly fold: ConnectionFold;
  readonly enteredAt: Date;
  readonly changedAt: Date;
  readonly revision: bigint;
}

/** One more event. The clock is the store's: `changedAt` is when the state last became another one. */
export function foldOne(before: FoldedConnection | undefined, event: StoredConnectionEvent): FoldedConnection {
  const earlier = before?.fold ?? UNKNOWN;
  const fold = evolve(earlier, event);
  const stateOf = (value: ConnectionFold): string | undefined => (value.status === 'known' ? value.state : undefined);
  const changed = before === undefined || stateOf(earlier) !== stateOf(fold);
  return {
    fold,
    revision: event.revision,
    enteredAt: before?.enteredAt ?? event.recordedAt,
    changedAt: changed ? event.recordedAt : before.changedAt,
  };
}

export function toConnectionRow({ fold, enteredAt, changedAt, revision }: FoldedConnection): ConnectionRow | undefined {
  if (fold.status === 'unknown') return undefined;
  return {
    id: fold.id,
    name: fold.name,
    state: fold.state,
    fold,
    intent: fold.intent,
    link: fold.link,
    cluster_uid: fold.clusterUid ?? null,
    import_id: fold.importId ?? null,
    revision,
    entered_at: enteredAt,
    changed_at: changedAt,
  };
}

const jsonOf = (reason: Reason | undefined): Reason | null => reason ?? null;

/** One line of a connection's history: what, when, who and why. */
export function toHistoryRow(event: StoredConnectionEvent): HistoryRow {
  const { narrative } = tell(event);
  return {
    connection_id: event.data.connectionId,
    revision: event.revision,
    event_id: event.id,
    type: eventTypeOfStored(event.type)?.type ?? event.type,
    at: event.recordedAt,
    by: event.data.by,
    user_id: event.metadata.userId ?? null,
    state: event.data.state,
    summary: narrative.summary,
    message: narrative.message,
    reason: jsonOf(event.data.reason),
    correlation_id: event.metadata.$correlationId,
    causation_id: event.metadata.$causationId ?? null,
    trace_id: parseTraceparent(event.metadata.traceparent)?.traceId ?? '',
  };
}
