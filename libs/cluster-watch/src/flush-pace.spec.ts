import { createFlushPace, type Attention } from './flush-pace.ts';

const pace = (
  attention: Attention,
  batches: readonly { changes: number; gatheredMs: number; sinkMs: number }[],
): number => {
  const flushPace = createFlushPace({ flushMinMs: 50, flushMaxMs: 250 });
  flushPace.setAttention(attention);
  for (let round = 0; round < 30; round += 1) for (const batch of batches) flushPace.delivered(batch);
  return Math.round(flushPace.flushMs);
};

const QUIET = { changes: 1, gatheredMs: 200, sinkMs: 2 };
const BUSY = { changes: 500, gatheredMs: 250, sinkMs: 10 };
const SLOW_SINK = { changes: 1, gatheredMs: 200, sinkMs: 1000 };

describe('how long changes wait for others', () => {
  it('is the shortest time while there are few and the sink is quick, the longest when there are many', () => {
    expect([pace('normal', []), pace('normal', [QUIET]), pace('normal', [BUSY])]).toEqual([50, 50, 250]);
  });

  it('is the longest for a slow sink, whoever looks', () => {
    expect([pace('normal', [SLOW_SINK]), pace('close', [SLOW_SINK])]).toEqual([250, 250]);
  });

  it('is the shortest for who looks closely, and the longest while nobody does', () => {
    expect([pace('close', [BUSY]), pace('away', [QUIET])]).toEqual([50, 250]);
  });

  it('is shorter again when the load is over, and never beyond its bounds', () => {
    const between = pace('normal', [{ changes: 50, gatheredMs: 200, sinkMs: 5 }]);
    expect(between).toBeGreaterThan(50);
    expect(between).toBeLessThan(250);
    expect(pace('normal', [BUSY, QUIET, QUIET, QUIET, QUIET, QUIET])).toBeLessThan(pace('normal', [BUSY]));
  });
});
