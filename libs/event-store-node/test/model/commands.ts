import fc from 'fast-check';
import type { Description, Expected } from './model.ts';

/** What is done to the store in one step; ids are small numbers, so that repeats are common. */
export type Command =
  | {
      readonly do: 'append';
      readonly by: number;
      readonly stream: number;
      readonly expected: Expectation;
      readonly ids: readonly number[];
    }
  | {
      readonly do: 'burst';
      readonly appends: readonly { readonly by: number; readonly stream: number; readonly ids: readonly number[] }[];
    }
  | { readonly do: 'describe'; readonly stream: number; readonly description: Description }
  | { readonly do: 'delete'; readonly stream: number; readonly expected: Exclude<Expectation, 'stream_exists'> }
  | { readonly do: 'tombstone'; readonly stream: number }
  | {
      readonly do: 'read';
      readonly stream: number;
      readonly backwards: boolean;
      readonly from: number | 'ends';
      readonly count: number;
    }
  | { readonly do: 'readAll' }
  | { readonly do: 'restart' | 'crash' };

/** An exact revision relative to the last one, so that it is often right. */
export type Expectation = Exclude<Expected, number> | { readonly lastPlus: number };

export const CLIENTS = 3;
const STREAMS = 3;
/** Only ids below this may come again; others are made new each time. */
export const REPEATABLE_IDS = 6;

const stream = fc.nat({ max: STREAMS - 1 });
const by = fc.nat({ max: CLIENTS - 1 });
const ids = fc.array(fc.nat({ max: REPEATABLE_IDS * 3 }), { minLength: 1, maxLength: 3 });
const exact = fc.integer({ min: -3, max: 1 }).map((lastPlus) => ({ lastPlus }));
const withoutExists = fc.oneof(fc.constantFrom('any' as const, 'no_stream' as const), exact);
const expected = fc.oneof(fc.constant('stream_exists' as const), withoutExists);
const description = fc.oneof(
  fc.record({ maxCount: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ truncateBefore: fc.nat({ max: 8 }) }),
  fc.constant({}),
);

/** `crashes` are rare: each costs the start of a process. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 60, arbitrary: fc.record({ do: fc.constant('append' as const), by, stream, expected, ids }) },
  {
    weight: 15,
    arbitrary: fc.record({
      do: fc.constant('burst' as const),
      appends: fc.uniqueArray(fc.record({ by, stream, ids }), { selector: (one) => one.stream, minLength: 2 }),
    }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('describe' as const), stream, description }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('delete' as const), stream, expected: withoutExists }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tombstone' as const), stream }) },
  {
    weight: 25,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      stream,
      backwards: fc.boolean(),
      from: fc.oneof(fc.constant('ends' as const), fc.nat({ max: 12 })),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ do: 'readAll' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'crash' as const) }) },
);
