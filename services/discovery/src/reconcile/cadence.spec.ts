import { createCadence } from './cadence.ts';
import type { FailedLook } from './look.ts';

const TIMING = {
  slowLookMs: 60_000,
  retryMinMs: 1_000,
  retryMaxMs: 4_000,
  refusedRetries: 3,
  refusedRetryMinMs: 10_000,
  refusedRetryMaxMs: 30_000,
};
const lost: FailedLook = { trouble: { kind: 'lost', reason: { code: 'timeout', message: '' } } };
const refused: FailedLook = { trouble: { kind: 'refused', reason: { code: 'unauthorized', message: '' } } };
const cadence = () => createCadence(TIMING, () => 1);

describe('when a cluster is looked at again', () => {
  it('doubles the bound while it is away, for ever', () => {
    const now = cadence();
    expect([1, 2, 3, 4, 5].map(() => now.afterFailure(lost, 'probe', true))).toEqual([
      1_000, 2_000, 4_000, 4_000, 4_000,
    ]);
  });

  it('comes quickly after a refusal until that is said, then a bounded number of times, then not any more', () => {
    const now = cadence();
    expect(now.afterFailure(refused, 'watch', false)).toBe(1_000);
    expect([1, 2, 3, 4].map(() => now.afterFailure(refused, 'probe', true))).toEqual([
      10_000,
      20_000,
      30_000,
      undefined,
    ]);
  });

  it('starts again with a new decision', () => {
    const now = cadence();
    for (let look = 0; look < 4; look += 1) now.afterFailure(refused, 'probe', true);
    now.restart();
    expect(now.afterFailure(refused, 'probe', true)).toBe(10_000);
  });

  it('is slow for what is only looked at, once it is said that it is away', () => {
    const now = cadence();
    expect(now.afterSuccess()).toBe(60_000);
    expect(now.afterFailure(lost, 'look', false)).toBe(1_000);
    expect(now.afterFailure(lost, 'look', true)).toBe(60_000);
  });

  it('leaves a cluster alone for as long as it asked for', () => {
    expect(cadence().afterFailure({ ...lost, retryAfterMs: 7_000 }, 'probe', true)).toBe(7_000);
  });
});
