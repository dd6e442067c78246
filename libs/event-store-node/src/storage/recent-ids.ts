import type { DatabaseSync } from 'node:sqlite';
import { isFailure } from '@mooring/kernel';
import { noticing, type DamageReports } from './damage.ts';
import { idText } from './event-id.ts';
import { createRecent } from './recent.ts';

/**
 * So many of the newest events are known by their ids, which makes appends without an exact revision repeatable: a memory,
 * as on a real server, whereas an exact revision is looked up for ever. At most twice as many are.
 */
export const REMEMBERED_EVENTS_MIN = 50_000;

export interface RecentIds {
  /**
   * Where the stream holds this event id, if it was the first, of those remembered, to hold it: an id that came first in
   * another stream is no repeat, however often it comes in this one, as on a real server.
   */
  revisionOf(streamId: number, id: string): number | undefined;
  add(streamId: number, id: string, revision: number): void;
  /**
   * Starts again from what is stored: after a rollback. Of a page that is damaged `damage` is told, and only what is newer than it is
   * known from then on. Throws what else reading throws.
   */
  reload(): void;
}

interface FirstPlace {
  readonly streamId: number;
  readonly revision: number;
}

/** Throws what reading throws, also for a damaged page: a node is not started over one. */
export function createRecentIds(database: DatabaseSync, damage: DamageReports): RecentIds {
  const newestFirst = database.prepare('SELECT stream, id, revision FROM events ORDER BY position DESC LIMIT ?');
  const places = createRecent<FirstPlace>(2 * REMEMBERED_EVENTS_MIN);
  const rows = () => newestFirst.iterate(REMEMBERED_EVENTS_MIN);
  const load = (): void => {
    places.clear();
    for (const { stream, id, revision } of rows())
      if (id instanceof Uint8Array) places.set(idText(id), { streamId: Number(stream), revision: Number(revision) });
  };
  load();
  return {
    revisionOf(streamId, id) {
      const place = places.get(id);
      return place?.streamId === streamId ? place.revision : undefined;
    },
    add: (streamId, id, revision) => places.set(id, places.get(id) ?? { streamId, revision }),
    reload() {
      try {
        noticing(damage, load, rows);
      } catch (thrown) {
        if (!isFailure(thrown, 'corrupt')) throw thrown;
      }
    },
  };
}
