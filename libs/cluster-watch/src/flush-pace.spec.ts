import { createFlushPace, type Attention, type FlushPace } from './flush-pace.ts';

interface Batch {
  readonly changes: number;
  readonly sinkMs: number;
  /** How long after the last one its delivery begins. */
  readonly afterMs: number;
}

/** A pace and its clock: `deliver` repeats batches, `rest` lets time pass. */
function startPace(attention: Attention = 'normal') {
  let nowMs = 0;
  const pace: FlushPace = createFlushPace({ flushMinMs: 50, flushMaxMs: 250, nowMs: () => nowMs });
  pace.setAttention(attention);
  return {
    deliver(batches: readonly Batch[], rounds = 30) {
      for (let round = 0; round < rounds; round += 1)
        for (const { afterMs, ...batch } of batches) {
          nowMs += afterMs + batch.sinkMs;
          pace.delivered(batch);
        }
      return Math.round(pace.flushMs);
    },
    rest(ms: number) {
      nowMs += ms;
      return Math.round(pace.flushMs);
    },
  };
}

const QUIET: Batch = { changes: 1, afterMs: 200, sinkMs: 2 };
const BUSY: Batch = { changes: 500, afterMs: 250, sinkMs: 10 };
const SLOW_SINK: Batch = { changes: 1, afterMs: 200, sinkMs: 1_000 };

describe('how long changes wait for others', () => {
  it('is the shortest time while there are few and the sink is quick, the longest when there are many', () => {
    const reached = [[], [QUIET], [BUSY]].map((batches) => startPace().deliver(batches));
    expect(reached).toEqual([50, 50, 250]);
  });

  it('is the longest for a slow sink, whoever looks', () => {
    expect([startPace().deliver([SLOW_SINK]), startPace('close').deliver([SLOW_SINK])]).toEqual([250, 250]);
  });

  it('is the shortest for who looks closely, and the longest while nobody does', () => {
    expect([startPace('close').deliver([BUSY]), startPace('away').deliver([QUIET])]).toEqual([50, 250]);
  });

  it('is between the two for a load between the two', () => {
    const between = startPace().deliver([{ changes: 50, afterMs: 200, sinkMs: 5 }]);
    expect(between).toBeGreaterThan(50);
    expect(between).toBeLessThan(250);
  });

  it('is short again a while after a load, also when nothing came meanwhile', () => {
    const pace = startPace();
    expect(pace.deliver([BUSY])).toBe(250);
    expect(pace.rest(1_000)).toBe(250);
    expect(pace.rest(4_000)).toBe(50);
    // A first state: thousands of changes, and a sink that had no rest.
    expect(pace.deliver([{ changes: 500, afterMs: 0, sinkMs: 150 }], 20)).toBe(250);
    expect(pace.rest(5_000)).toBeLessThanOrEqual(65);
    expect(pace.deliver([QUIET], 15)).toBe(50);
  });

  it('does not take two changes that come one right after the other for many', () => {
    expect(startPace().deliver([QUIET, { ...QUIET, afterMs: 0 }])).toBe(50);
    expect(startPace().deliver([{ changes: 2, afterMs: 200, sinkMs: 100 }])).toBe(50);
  });
});
