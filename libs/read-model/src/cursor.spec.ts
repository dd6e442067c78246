import { Failure } from '@mooring/kernel';
import { decodeCursor, encodeCursor } from './cursor.ts';

describe('a cursor', () => {
  it('gives back the keys it was made of, and stands in a URL as it is', () => {
    const cursor = encodeCursor('connections by name', ['ä/+', 7, null, false]);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeCursor('connections by name', 4, cursor)).toEqual(['ä/+', 7, null, false]);
  });

  it.each([
    ['of another list', encodeCursor('b', ['x'])],
    ['with too many keys', encodeCursor('a', ['x', 'y'])],
    ['with too few', encodeCursor('a', [])],
    ['that is empty', ''],
    ['that is no JSON', 'AAAA'],
    ['with a key that is an object', Buffer.from('["a",{}]').toString('base64url')],
    ['that is an object', Buffer.from('{"0":"a"}').toString('base64url')],
  ])('refuses one %s', (_, cursor) => {
    expect(() => decodeCursor('a', 1, cursor)).toThrow(Failure);
  });
});
