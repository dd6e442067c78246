import type { EventLog, LogRow, PageLimit } from '../storage/event-log.ts';
import { eventResponse } from '../wire/responses.ts';

/** A row with its `ReadResp`, which is encoded when it is first asked for. */
export interface SharedRow extends LogRow {
  response(): Buffer;
}

/** Pages of the log for followers that are at the same place, which all live ones are: read and encoded once for all of them. */
export interface SharedPages {
  after(position: number, limit: PageLimit): readonly SharedRow[];
  /** To be called when the log has changed. */
  forget(): void;
}

export function createSharedPages(log: EventLog): SharedPages {
  let kept: { readonly position: number; readonly rows: readonly SharedRow[] } | undefined;
  const forget = (): void => {
    kept = undefined;
  };
  return {
    after(position, limit) {
      if (kept?.position === position) return kept.rows;
      const rows = log.readAllAfter(position, limit).map(shared);
      // For this turn: nothing is kept in memory that nobody may ask for again.
      if (kept === undefined) setImmediate(forget);
      kept = { position, rows };
      return rows;
    },
    forget,
  };
}

function shared(row: LogRow): SharedRow {
  let encoded: Buffer | undefined;
  return { ...row, response: () => (encoded ??= eventResponse(row.record, row.position)) };
}
