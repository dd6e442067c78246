import { readOptions } from './options.ts';

const read = (...args: string[]) => readOptions(args, () => 42);

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(read()).toEqual({ rounds: 10, seed: 42, only: [], mutant: undefined, keep: false });
    expect(read('--help')).toBe('help');
  });

  it('takes kinds, with or without a target', () => {
    expect(read('--rounds', '3', '--seed', '7', '--only', 'kill:nats,strand', '--keep')).toEqual({
      rounds: 3,
      seed: 7,
      only: [{ kind: 'kill', target: 'nats' }, { kind: 'strand' }],
      mutant: undefined,
      keep: true,
    });
  });

  it.each([
    [['--rounds', '0'], /--rounds 0: a whole number from 1 to 1000/],
    [['--seed', 'x'], /--seed x: a whole number/],
    [['--only', 'flood'], /--only flood: there are kill,/],
    [['--only', 'power-cut:nats'], /power-cut does not meet nats/],
    [['--only', 'strand:gateway'], /strand does not meet gateway/],
    [['--only', 'kill:moon'], /kill does not meet moon/],
    [['--break', 'nothing'], /--break nothing: there are ack-before-commit/],
    [['--what'], /--what/],
  ])('refuses %j in words', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
});
