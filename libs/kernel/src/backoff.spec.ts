import { createBackoff } from './backoff.ts';

describe('backoff', () => {
  it('doubles its bound up to the maximum and starts again after a reset', () => {
    const backoff = createBackoff({ minMs: 100, maxMs: 1000, random: () => 1 });
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });
});
