import type { HistoryEntry } from '@mooring/contracts';
import { entryAt, newestFirst, positionOf, revisionAt } from './history.ts';

const entry = (revision: string): HistoryEntry => ({
  revision,
  eventId: revision,
  type: 't',
  at: '2026-11-21T10:00:00Z',
  by: 'person',
  state: 'connected',
  summary: 's',
  message: 'm',
  correlationId: 'c',
  traceId: 't',
});
const entries = newestFirst(['2', '10', '0'].map(entry));

describe('moving through a history', () => {
  it('has the newest first, by number', () => {
    expect(entries.map(({ revision }) => revision)).toEqual(['10', '2', '0']);
  });

  it('shows at a revision what was last recorded by then', () => {
    expect(entryAt(entries, '5')?.revision).toBe('2');
    expect(entryAt(entries, '10')?.revision).toBe('10');
    expect(entryAt([], '10')).toBeUndefined();
  });

  it('has now at the right end of the slider, where a past moment could not be told from it', () => {
    expect([0, 1, 2].map((position) => revisionAt(entries, position))).toEqual(['0', '2', undefined]);
    expect([undefined, '10', '2', '0'].map((revision) => positionOf(entries, revision))).toEqual([2, 2, 1, 0]);
  });
});
