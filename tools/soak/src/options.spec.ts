import { describe, expect, it } from '@jest/globals';
import { readOptions, repeatOf, type SoakOptions } from './options.ts';

const read = (...args: string[]) => readOptions(args, () => 42);

describe('the command line', () => {
  it('has defaults for everything: an hour, and a fault every minute', () => {
    const defaults = {
      minutes: 60,
      everySeconds: 60,
      pods: 1_000,
      changesPerSecond: 5,
      seed: 42,
      only: [],
      keep: false,
    };
    expect(read()).toEqual(defaults);
    expect(read('--help')).toBe('help');
  });

  it('says how to do the same again', () => {
    const args = [
      '--minutes',
      '2',
      '--every',
      '20',
      '--pods',
      '300',
      '--churn',
      '9',
      '--seed',
      '7',
      '--only',
      'cut,pause',
    ];
    expect(repeatOf(read(...args) as SoakOptions)).toBe(`npm run soak -- ${args.join(' ')}`);
  });

  it.each([
    [['--minutes', '0'], /--minutes 0: a whole number from 1/],
    [['--pods', 'many'], /--pods many: a whole number/],
    [['--only', 'flood'], /--only flood: there are cut,/],
    [['--what'], /--what/],
  ])('refuses %j in words', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
});
