import { decideAppend, type StoredIds, type StreamFacts } from './decide-append.ts';

const stream = (facts: Partial<StreamFacts> = {}): StreamFacts => ({
  last: -1,
  tombstoned: false,
  softDeleted: false,
  hasMetadata: false,
  ...facts,
});

const holding = (...ids: string[]): StoredIds => ({
  revisionOf: (id) => (ids.includes(id) ? ids.indexOf(id) : undefined),
  idAt: (revision) => ids[revision],
});

const APPEND = { kind: 'append' };
const WRONG = { kind: 'wrong-expected-version' };
const DELETED = { kind: 'stream-deleted' };

describe('an append to a stream that is not there', () => {
  it.each([
    ['any', APPEND],
    ['no_stream', APPEND],
    ['stream_exists', WRONG],
    [0n, WRONG],
    [7n, WRONG],
  ] as const)('with %s', (expected, decision) => {
    expect(decideAppend(stream(), expected, ['n'], holding())).toEqual(decision);
  });

  it('may expect it to exist if only its metadata does', () => {
    expect(decideAppend(stream({ hasMetadata: true }), 'stream_exists', ['n'], holding())).toEqual(APPEND);
  });
});

describe('an append to a stream of two events', () => {
  it.each([
    ['any', APPEND],
    ['no_stream', WRONG],
    ['stream_exists', APPEND],
    [0n, WRONG],
    [1n, APPEND],
    [2n, WRONG],
    [2n ** 64n - 2n, WRONG],
  ] as const)('with %s', (expected, decision) => {
    expect(decideAppend(stream({ last: 1 }), expected, ['n'], holding('a', 'b'))).toEqual(decision);
  });
});

describe('an append to a soft-deleted stream', () => {
  const deleted = stream({ last: 1, softDeleted: true, hasMetadata: true });
  it.each([
    ['any', APPEND],
    ['no_stream', APPEND],
    ['stream_exists', DELETED],
    [0n, WRONG],
    [1n, APPEND],
  ] as const)('with %s', (expected, decision) => {
    expect(decideAppend(deleted, expected, ['n'], holding('a', 'b'))).toEqual(decision);
  });

  it('is a repeat if it is what was deleted', () => {
    expect(decideAppend(deleted, 'no_stream', ['a', 'b'], holding('a', 'b'))).toEqual({ kind: 'repeat', revision: 1 });
  });
});

it('a tombstone refuses everything, repeats too', () => {
  const tombstoned = stream({ last: 0, tombstoned: true });
  for (const expected of ['any', 'no_stream', 'stream_exists', 0n] as const)
    expect(decideAppend(tombstoned, expected, ['a'], holding('a'))).toEqual(DELETED);
});

describe('a repeat', () => {
  const there = stream({ last: 3 });
  const stored = holding('a', 'b', 'c', 'd');
  it.each([
    ['any', ['a'], { kind: 'repeat', revision: 0 }],
    ['any', ['b', 'a'], { kind: 'repeat', revision: 0 }],
    ['any', ['a', 'd'], { kind: 'repeat', revision: 3 }],
    ['any', ['d', 'n'], WRONG],
    ['any', ['n', 'a'], APPEND],
    ['stream_exists', ['b', 'c'], { kind: 'repeat', revision: 2 }],
    ['no_stream', ['a', 'b'], { kind: 'repeat', revision: 1 }],
    ['no_stream', ['b'], WRONG],
    ['no_stream', ['a', 'c'], WRONG],
    [1n, ['c', 'd'], { kind: 'repeat', revision: 3 }],
    [1n, ['c', 'd', 'n'], WRONG],
    [3n, ['a'], APPEND],
    [0n, [], WRONG],
  ] as const)('with %s of %j', (expected, ids, decision) => {
    expect(decideAppend(there, expected, ids, stored)).toEqual(decision);
  });
});
