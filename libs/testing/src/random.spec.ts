import { describe, expect, it } from '@jest/globals';
import { createRandom } from './random.ts';

const LIST = ['a', 'b', 'c', 'd', 'e'];

describe('choices from a seed', () => {
  it('are the same for the same seed, and others for another', () => {
    const choices = (seed: number): readonly unknown[] => {
      const random = createRandom(seed);
      return [random.below(1_000_000), random.pick(LIST), random.shuffle(LIST), random.fork().next()];
    };
    expect(choices(7)).toEqual(choices(7));
    expect(choices(8)).not.toEqual(choices(7));
  });

  it('in turns are every one before any comes again', () => {
    const next = createRandom(1).inTurns(LIST);
    for (let turn = 0; turn < 3; turn += 1) expect(LIST.map(next).sort()).toEqual(LIST);
    expect(createRandom(1).inTurns([])).toThrow('nothing to choose from');
  });

  it('of a fork take nothing from what it came from', () => {
    const one = createRandom(3);
    const other = createRandom(3);
    const fork = one.fork();
    other.fork();
    fork.next();
    expect(one.next()).toBe(other.next());
  });

  it('stay within what was asked for', () => {
    const random = createRandom(5);
    const seen = new Set(Array.from({ length: 200 }, () => random.below(3)));
    expect([...seen].sort()).toEqual([0, 1, 2]);
    expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
    expect([...random.shuffle(LIST)].sort()).toEqual(LIST);
    expect(() => random.pick([])).toThrow('nothing to pick from');
  });
});
