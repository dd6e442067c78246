import { randomUuid } from '@mooring/kernel';
import { createAggregate, createInMemoryEventStore, expectedAfter, stateAt, type NewEvent } from './index.ts';

const at = (time: string): Date => new Date(`2026-11-21T${time}:00.000Z`);

const sums = createAggregate<number, { readonly type: 'Added'; readonly data: { readonly n: number } }>({
  category: 'sum',
  initial: 0,
  evolve: (sum, { data }) => sum + data.n,
  schemaVersion: 1,
});

const added = (n: number): NewEvent => ({
  id: randomUuid(),
  type: 'Added',
  data: { n },
  metadata: { $correlationId: 'op', schemaVersion: 1, systemId: 'test' },
});

/** A stream whose events 1, 2, 4, 8 … were recorded when the store's clock said so. */
async function recordedAt(...times: readonly string[]) {
  let now = at('00:00');
  const store = createInMemoryEventStore({ now: () => now });
  for (const [index, time] of times.entries()) {
    now = at(time);
    await store.append('sum-1', expectedAfter(BigInt(index - 1)), [added(2 ** index)]);
  }
  return (moment: string) => stateAt(store, sums, '1', at(moment));
}

describe('the state as of a moment, by a clock that jumps', () => {
  it('an hour ahead and back: is the fold up to the first event recorded after that moment', async () => {
    // The clock was an hour ahead for one event.
    const asOf = await recordedAt('10:00', '11:05', '10:10', '10:20');
    expect((await asOf('09:59')).state).toBe(0);
    expect((await asOf('10:00')).state).toBe(1);
    // What came after the jump stood behind an event of the future then, and stays behind it.
    expect((await asOf('10:30')).state).toBe(1);
    expect((await asOf('11:05')).state).toBe(15);
  });

  it('an hour behind and back: what was recorded then counts as soon as what it follows', async () => {
    const asOf = await recordedAt('10:00', '09:05', '10:10');
    expect((await asOf('09:30')).state).toBe(0);
    expect((await asOf('10:05')).state).toBe(3);
    expect((await asOf('10:10')).state).toBe(7);
  });

  it('never goes back when the moment goes on, and is by revision what it ever was', async () => {
    const times = ['10:00', '11:05', '10:10', '09:20', '12:00', '11:00'];
    const asOf = await recordedAt(...times);
    const states: number[] = [];
    for (const moment of [...times].sort()) states.push((await asOf(moment)).state);
    expect(states).toEqual(states.toSorted((a, b) => a - b));
    expect(states.at(-1)).toBe(2 ** times.length - 1);
  });
});
