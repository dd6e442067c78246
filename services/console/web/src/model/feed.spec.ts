import type { LoggedEvent } from '@mooring/contracts';
import { EMPTY_FEED, FEED_ENTRIES_MAX, arrived, matches, paused, reloaded, resumed, withOlder } from './feed.ts';

const entry = (number: number, changes: Partial<LoggedEvent['event']> = {}): LoggedEvent => ({
  id: String(number),
  event: {
    id: `e${number}`,
    type: 'io.meshery.connections.connection.connected.v1',
    subject: 's',
    time: '2026-11-21T10:00:00Z',
    severitytext: 'success',
    severitynumber: 5,
    data: { summary: 'Connected', message: 'Changes flow.', name: 'prod-eu' },
    ...changes,
  },
});
const range = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => entry(from - index));
const ids = (entries: readonly LoggedEvent[]) => entries.map(({ id }) => Number(id));

describe('the feed', () => {
  it('has each number once, newest first, however it comes', () => {
    const feed = arrived(arrived(EMPTY_FEED, [entry(9), entry(10)]), [entry(10), entry(8)]);
    expect(ids(feed.entries)).toEqual([10, 9, 8]);
  });

  it('holds back what arrives while it is paused, and shows it after', () => {
    const held = arrived(paused(arrived(EMPTY_FEED, [entry(1)])), [entry(2), entry(3), entry(3)]);
    expect([ids(held.entries), ids(held.waiting)]).toEqual([[1], [3, 2]]);
    const feed = resumed(held);
    expect([ids(feed.entries), feed.waiting, feed.paused]).toEqual([[3, 2, 1], [], false]);
  });

  it('is bounded; what falls off at the end is reached by no cursor of before', () => {
    const feed = arrived(withOlder(EMPTY_FEED, [], 'cursor'), range(FEED_ENTRIES_MAX + 5, 1));
    expect(feed.entries).toHaveLength(FEED_ENTRIES_MAX);
    expect(feed.olderCursor).toBeUndefined();
  });
});

describe('reading the newest page again', () => {
  it('joins what is known where the two meet', () => {
    const feed = reloaded(withOlder(EMPTY_FEED, range(5, 1), 'below-1'), range(8, 4), 'below-4');
    expect(ids(feed.entries)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(feed.olderCursor).toBe('below-1');
  });

  it('drops what lies below a gap: a feed with a hole would look complete', () => {
    const feed = reloaded(withOlder(EMPTY_FEED, range(5, 1), 'below-1'), range(20, 16), 'below-16');
    expect(ids(feed.entries)).toEqual([20, 19, 18, 17, 16]);
    expect(feed.olderCursor).toBe('below-16');
  });

  it('keeps what the stream told before the first page was there', () => {
    const feed = reloaded(arrived(EMPTY_FEED, [entry(21)]), range(20, 16), 'below-16');
    expect(ids(feed.entries)).toEqual([21, 20, 19, 18, 17, 16]);
    expect(feed.olderCursor).toBe('below-16');
  });

  it('may find nothing', () => {
    expect(reloaded(EMPTY_FEED, [], undefined)).toEqual(EMPTY_FEED);
  });
});

describe('the filter', () => {
  it('lets through what is as severe as asked, or worse', () => {
    expect([3, 4, 5].map((max) => matches(entry(1, { severitynumber: 4 }), max, ''))).toEqual([false, true, true]);
  });

  it.each([
    ['', true],
    ['PROD flow', true],
    ['connection.connected', true],
    ['staging', false],
  ])('finds "%s": %s', (search, expected) => {
    expect(matches(entry(1), 7, search)).toBe(expected);
  });
});
