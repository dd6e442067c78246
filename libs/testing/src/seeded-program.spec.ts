import { describe, expect, it } from '@jest/globals';
import { wholeNumber } from './seeded-program.ts';

describe('an option that is a whole number', () => {
  it('is one within its bounds, or not given', () => {
    expect([wholeNumber('n', '1', 1, 9), wholeNumber('n', '9', 1, 9), wholeNumber('n', undefined, 1, 9)]).toEqual([
      1,
      9,
      undefined,
    ]);
  });

  it.each(['0', '10', '-1', '1.5', 'x', '', '1e0'])('is refused as %j', (text) => {
    expect(() => wholeNumber('n', text, 1, 9)).toThrow(`--n ${text}: a whole number from 1 to 9`);
  });
});
