import type { DatabaseSync } from 'node:sqlite';
import { idText } from './event-id.ts';
import { createRecent } from './recent.ts';

/**
 * So many of the newest events are known by their ids, which makes appends without an exact revision repeatable: a memory,
 * as on a real server, whereas an exact revision is looked up for ever. At most twice as many are.
 */
export const REMEMBERED_EVENTS_MIN = 50_000;

export interface RecentIds {
  /** The lowest revision, of those remembered, at which the stream holds this event id. */
  revisionOf(streamId: number, id: string): number | undefined;
  add(streamId: number, id: string, revision: number): void;
  /** Starts again from what is stored: after a rollback. */
  reload(): void;
}

const keyOf = (streamId: number, id: string): string => `${streamId}/${id}`;

export function createRecentIds(database: DatabaseSync): RecentIds {
  const newestFirst = database.prepare('SELECT stream, id, revision FROM events ORDER BY position DESC LIMIT ?');
  const revisions = createRecent<number>(2 * REMEMBERED_EVENTS_MIN);
  const reload = (): void => {
    revisions.clear();
    for (const { stream, id, revision } of newestFirst.iterate(REMEMBERED_EVENTS_MIN))
      if (id instanceof Uint8Array) revisions.set(keyOf(Number(stream), idText(id)), Number(revision));
  };
  reload();
  return {
    revisionOf: (streamId, id) => revisions.get(keyOf(streamId, id)),
    add(streamId, id, revision) {
      const key = keyOf(streamId, id);
      revisions.set(key, revisions.get(key) ?? revision);
    },
    reload,
  };
}
