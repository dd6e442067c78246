import { describe, expect, it } from '@jest/globals';
import { until } from './until.ts';

describe('waiting for what a running system becomes', () => {
  it('gives the first answer that is one', async () => {
    const answers = [undefined, false, 0];
    expect(await until('a number', () => answers.shift(), { timeoutMs: 5_000, everyMs: 1 })).toBe(0);
  });

  it('takes an error for no answer, and ends with the last one and the last words', async () => {
    const waiting = until('peace', () => Promise.reject(new Error('not yet')), {
      timeoutMs: 20,
      everyMs: 1,
      lastWords: () => 'it said nothing',
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'timeout',
      message: 'waited 0.02 s for peace: not yet\nit said nothing',
    });
  });
});
