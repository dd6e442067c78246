import { describe, expect, it } from '@jest/globals';
import { describeDifferences, differences } from './compare.ts';

const objects = (given: Readonly<Record<string, string>>) =>
  new Map(Object.entries(given).map(([uid, hash]) => [uid, { name: `Pod ${uid}`, hash }]));

describe('the inventory against the cluster', () => {
  it('is equal when it has the same objects with the same content', () => {
    expect(differences(objects({ a: '1', b: '2' }), objects({ b: '2', a: '1' }))).toEqual([]);
  });

  it('differs in what is missing, what is old and what is gone, each by name', () => {
    expect(differences(objects({ a: '1', b: '2' }), objects({ b: '3', c: '4' }))).toEqual([
      'missing: Pod a (a)',
      'not as it is: Pod b (b): 3 instead of 2',
      'no longer there: Pod c (c)',
    ]);
  });

  it('shows a few of many', () => {
    const many = objects(Object.fromEntries(Array.from({ length: 20 }, (_none, index) => [`u${index}`, 'x'])));
    const lines = describeDifferences(differences(many, new Map())).split('\n');
    expect([lines.length, lines.at(-1)?.trim()]).toEqual([9, '… and 12 more']);
  });
});
