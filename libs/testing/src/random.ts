import { seededRandom } from '@mooring/kernel';

/** Choices that look random and follow from a seed alone. Not for secrets. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** The same list in another order. */
  shuffle<T>(list: readonly T[]): readonly T[];
  /** Gives one of a list at each call, every one before any of them comes again. */
  inTurns<T>(list: readonly T[]): () => T;
  chance(probability: number): boolean;
  /** A source of its own, which takes nothing from this one later. */
  fork(): Random;
}

/** `seed` from 0 to 2³² - 1. */
export function createRandom(seed: number): Random {
  const next = seededRandom(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const shuffle = <T>(list: readonly T[]): readonly T[] => {
    const left = [...list];
    return Array.from(list, () => left.splice(below(left.length), 1)).flat();
  };
  return {
    next,
    below,
    shuffle,
    pick(list) {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    inTurns<T>(list: readonly T[]) {
      let left: T[] = [];
      return () => {
        if (left.length === 0) left = [...shuffle(list)];
        const [first] = left.splice(0, 1);
        if (first === undefined) throw new Error('nothing to choose from');
        return first;
      };
    },
    chance: (probability) => next() < probability,
    fork: () => createRandom(below(2 ** 32)),
  };
}
