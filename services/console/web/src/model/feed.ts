import type { LoggedEvent } from '@mooring/contracts';
import { messageOf, nameOf, shortType, summaryOf } from './events.ts';

/** The event feed: newest first, each number of the log once. While it is paused, what arrives waits unseen. */
export interface Feed {
  readonly entries: readonly LoggedEvent[];
  readonly waiting: readonly LoggedEvent[];
  readonly paused: boolean;
  /** Cursor of the page with older entries; absent when there are none, or when they were cut off. */
  readonly olderCursor?: string;
}

/** A page left open for a week must not hold a week of events. Older ones are a click on "older" away, from the server. */
export const FEED_ENTRIES_MAX = 1000;

export const EMPTY_FEED: Feed = { entries: [], waiting: [], paused: false };

const newer = (one: LoggedEvent, other: LoggedEvent): number =>
  BigInt(one.id) < BigInt(other.id) ? 1 : BigInt(one.id) > BigInt(other.id) ? -1 : 0;

const merged = (one: readonly LoggedEvent[], other: readonly LoggedEvent[]): readonly LoggedEvent[] =>
  [...new Map([...one, ...other].map((entry) => [entry.id, entry])).values()].sort(newer);

const withCursor = (feed: Feed, entries: readonly LoggedEvent[], olderCursor: string | undefined): Feed => ({
  entries,
  waiting: feed.waiting,
  paused: feed.paused,
  ...(olderCursor === undefined ? {} : { olderCursor }),
});

const trimmed = (feed: Feed): Feed =>
  feed.entries.length <= FEED_ENTRIES_MAX ? feed : withCursor(feed, feed.entries.slice(0, FEED_ENTRIES_MAX), undefined);

/** Live entries: any order, repeats allowed. */
export function arrived(feed: Feed, entries: readonly LoggedEvent[]): Feed {
  return feed.paused
    ? { ...feed, waiting: merged(feed.waiting, entries).slice(0, FEED_ENTRIES_MAX) }
    : trimmed({ ...feed, entries: merged(entries, feed.entries) });
}

/**
 * The newest page, read after a start or a gap. Where it does not reach down to what is known, the older entries go: a feed
 * with a hole in it would look complete.
 */
export function reloaded(feed: Feed, page: readonly LoggedEvent[], olderCursor: string | undefined): Feed {
  const oldest = page.at(-1);
  if (oldest === undefined) return withCursor(feed, feed.entries, olderCursor);
  const below = feed.entries.filter((entry) => newer(entry, oldest) > 0);
  const meets = feed.entries.some(({ id }) => id === oldest.id);
  if (below.length > 0 && meets) return withCursor(feed, merged(feed.entries, page), feed.olderCursor);
  const above = feed.entries.filter((entry) => newer(entry, oldest) <= 0);
  return withCursor(feed, merged(above, page), olderCursor);
}

export const withOlder = (feed: Feed, page: readonly LoggedEvent[], olderCursor: string | undefined): Feed =>
  withCursor(feed, merged(feed.entries, page), olderCursor);

export const paused = (feed: Feed): Feed => ({ ...feed, paused: true });

export const resumed = (feed: Feed): Feed => arrived({ ...feed, paused: false, waiting: [] }, feed.waiting);

/** Whether an entry is as severe as asked (smaller numbers are worse) and every word of the search occurs in it. */
export function matches({ event }: LoggedEvent, severityMax: number, search: string): boolean {
  if (event.severitynumber > severityMax) return false;
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const text = [
    summaryOf(event),
    messageOf(event),
    nameOf(event),
    shortType(event.type),
    event.subject,
    event['traceid'],
    event['userid'],
  ]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
