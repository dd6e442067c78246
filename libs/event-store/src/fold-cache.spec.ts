import { createFoldCache } from './fold-cache.ts';

const byMe = {};
const fold = (revision: number, state: unknown = {}) => ({ state, revision: BigInt(revision) });

describe('the memory of folds', () => {
  it('gives what was put, to the aggregate that made it', () => {
    const folds = createFoldCache();
    folds.put('a-1', byMe, fold(3));
    expect(folds.get('a-1', byMe)).toEqual(fold(3));
    expect(folds.get('a-1', {})).toBeUndefined();
    expect(folds.get('a-2', byMe)).toBeUndefined();
    folds.drop('a-1');
    expect(folds.get('a-1', byMe)).toBeUndefined();
    expect(folds.size).toEqual({ entries: 0, bytes: 0 });
  });

  it('keeps the newest of a stream, in whatever order commands end', () => {
    const folds = createFoldCache();
    folds.put('a-1', byMe, fold(3));
    folds.put('a-1', byMe, fold(2));
    expect(folds.get('a-1', byMe)).toEqual(fold(3));
  });

  it('forgets the longest unused when there are too many', () => {
    const folds = createFoldCache({ entriesMax: 2 });
    folds.put('a-1', byMe, fold(0));
    folds.put('a-2', byMe, fold(0));
    folds.get('a-1', byMe);
    folds.put('a-3', byMe, fold(0));
    expect(['a-1', 'a-2', 'a-3'].filter((name) => folds.get(name, byMe) !== undefined)).toEqual(['a-1', 'a-3']);
  });

  it('never holds more bytes than it may, and nothing that is larger alone', () => {
    const folds = createFoldCache({ bytesMax: 100_000 });
    for (let index = 0; index < 100; index += 1) {
      folds.put(`a-${index}`, byMe, fold(0, { text: 'x'.repeat(5_000), list: [index], map: new Map([['k', index]]) }));
      expect(folds.size.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(folds.size.entries).toBe(9);
    folds.put('a-99', byMe, fold(1, 'x'.repeat(100_000)));
    expect(folds.get('a-99', byMe)).toBeUndefined();
    expect(folds.size.entries).toBe(8);
  });
});
