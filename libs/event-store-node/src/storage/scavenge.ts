import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { visibleRange } from '../streams/stream-metadata.ts';
import { TOMBSTONE_REVISION, type EventLog, type StreamState } from './event-log.ts';

export interface Scavenged {
  readonly events: number;
}

const ROWS_PER_TURN = 200;

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw thrown;
  }
}

/**
 * Removes what no read of a stream can show any more: what metadata or a deletion hid. The newest event of a stream stays,
 * so that its revisions go on, and so do positions, so that a reader may resume from any it was given. Runs while the
 * node serves, a few rows a turn; an interrupted one has removed part, and can be run again.
 */
export async function scavenge(
  database: DatabaseSync,
  log: EventLog,
  nowUs: () => number,
  stopped: () => boolean,
): Promise<Scavenged> {
  const someStreams = database.prepare(`
    SELECT id, name FROM streams
    WHERE id > ? AND (metadata IS NOT NULL OR tombstoned = 1 OR substr(name, 1, 2) = '$$') ORDER BY id LIMIT ?`);
  const youngEnough = database.prepare('SELECT min(revision) AS first FROM events WHERE stream = ? AND created >= ?');
  const hidden = database.prepare(
    'SELECT position FROM events WHERE stream = ? AND revision < ? ORDER BY revision LIMIT ?',
  );
  const remove = database.prepare('DELETE FROM events WHERE position = ?');
  const spend = database.prepare('INSERT INTO spent VALUES (?)');

  /** The first revision that stays. */
  const keptFrom = (stream: StreamState): number => {
    if (stream.tombstoned) return TOMBSTONE_REVISION;
    const range = visibleRange(stream.metadata, stream.last, nowUs());
    const byAge = range.createdFromUs > 0 ? youngEnough.get(stream.id, range.createdFromUs)?.['first'] : 0;
    return Math.min(stream.last, Math.max(range.firstRevision, Number(byAge ?? stream.last)));
  };
  const removeSome = (stream: StreamState): number => {
    const rows = hidden.all(stream.id, keptFrom(stream), ROWS_PER_TURN);
    inTransaction(database, () => {
      for (const { position } of rows) {
        remove.run(Number(position));
        spend.run(Number(position));
      }
    });
    return rows.length;
  };

  let events = 0;
  let after = 0;
  for (;;) {
    const page = someStreams.all(after, ROWS_PER_TURN);
    if (page.length === 0) return { events };
    for (const { id, name } of page) {
      let removed = ROWS_PER_TURN;
      while (removed === ROWS_PER_TURN) {
        if (stopped()) return { events };
        removed = removeSome(log.stream(String(name)));
        events += removed;
        await nextTurn();
      }
      after = Number(id);
    }
  }
}
