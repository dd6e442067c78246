import { retryAfterMsOf } from './retry-after.ts';
import { parseWatchEvent } from './watch-event.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');

describe('what a server asks us to wait', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 300 ', 300_000],
    ['301', 300_000],
    ['99999999999999999999', 300_000],
    [new Date(NOW + 9000).toUTCString(), 9000],
    [new Date(NOW - 9000).toUTCString(), 0],
    [new Date(NOW + 86_400_000).toUTCString(), 300_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('in a header, %s, is five minutes at most', (header, ms) => expect(retryAfterMsOf(header, NOW)).toBe(ms));

  // More than a timer can wait would be no wait at all.
  it.each([
    ['7', 7000],
    ['2147484', 300_000],
    ['1e30', 300_000],
    ['-5', 0],
  ])('in an event, %s seconds, likewise', (seconds, retryAfterMs) => {
    const status = `{"kind":"Status","code":429,"message":"busy","details":{"retryAfterSeconds":${seconds}}}`;
    expect(parseWatchEvent(`{"type":"ERROR","object":${status}}`)).toEqual({
      ...{ kind: 'error', code: 429, message: 'busy', retryAfterMs },
    });
  });
});
