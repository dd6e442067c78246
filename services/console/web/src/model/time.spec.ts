import { ago, counted, localTime, shortTime } from './time.ts';

const NOW_MS = Date.parse('2026-11-21T10:42:03.000Z');
const before = (ms: number): string => new Date(NOW_MS - ms).toISOString();

describe('ago', () => {
  it.each([
    [0, 'just now'],
    [9_999, 'just now'],
    [10_000, '10 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [3_599_999, '59 min ago'],
    [3_600_000, '1 h ago'],
    [86_399_999, '23 h ago'],
    [86_400_000, '1 d ago'],
    [86_400_000 * 400, '400 d ago'],
  ])('says %i ms as %s', (ms, text) => {
    expect(ago(before(ms), NOW_MS)).toBe(text);
  });

  it('takes a moment in the future as now: clocks differ', () => {
    expect(ago(before(-60_000), NOW_MS)).toBe('just now');
  });

  it('says nothing of what is no time', () => {
    expect(ago('soon', NOW_MS)).toBe('');
  });
});

describe('local times', () => {
  it('are written from the year down to the second', () => {
    expect(localTime('2026-11-21T10:42:03Z')).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
  });

  it('leave out the day when it is today', () => {
    expect(shortTime(before(1000), NOW_MS)).toMatch(/^\d{2}:\d{2}:\d{2}$/);
    expect(shortTime(before(3 * 86_400_000), NOW_MS)).toMatch(/^\d{4}-\d{2}-\d{2} /);
  });

  it('give back what is no time as it is', () => {
    expect(localTime('soon')).toBe('soon');
  });
});

test('numbers are said with their noun', () => {
  expect(counted(1, 'context')).toBe('1 context');
  expect(counted(0, 'context')).toBe('0 contexts');
  expect(counted(1200, 'context')).toBe('1,200 contexts');
});
