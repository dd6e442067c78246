import { toTermQuery } from './term-query.ts';
import { toStatistics } from './term-statistics.ts';

describe('how frequent terms are', () => {
  const statistics = toStatistics(
    10,
    new Map([
      ['shop', 0.2],
      ['shopping', 0.3],
      ['workshop', 0.1],
      ['i!shop', 0.9],
    ]),
  );

  it('is known of the frequent ones, and added up for the start or a part of words', () => {
    expect(statistics.share({ term: 'shop', prefix: false })).toBe(0.2);
    expect(statistics.share({ term: 'shop', prefix: true })).toBeCloseTo(0.5);
    expect(statistics.share({ term: 'harbour', prefix: true })).toBe(0);
    expect(statistics.shareOfPart('shop')).toBeCloseTo(0.6);
  });
});

describe('a query of terms', () => {
  it('takes every character for itself', () => {
    const operands = [
      { term: "a' | 'b\\", prefix: true },
      { term: 'c', prefix: false },
    ];
    expect(toTermQuery([operands, [{ term: 'd:*', prefix: false }]])).toBe("('a'' | ''b\\\\':* | 'c') & ('d:*')");
  });
});
