import { Failure } from '@mooring/kernel';
import { decodeCursor, decodeKeys, encodeCursor } from './cursor.ts';

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

  it('gives keys of a kind as texts', () => {
    const keys = ['ä', 'e2e1c5a0-4b0e-4b7e-9d5e-7f3c7d1f0a11', '2026-01-02T03:04:05.678Z', '42'];
    expect(decodeKeys('a', ['text', 'uuid', 'time', 'number'], encodeCursor('a', keys))).toEqual(keys);
  });

  it.each([
    ['text', 'a\u0000b'],
    ['text', '\ud800'],
    ['text', 7],
    ['text', null],
    ['uuid', 'x'],
    ['time', 'yesterday'],
    ['time', '2026-13-01T00:00:00.000Z'],
    ['number', '-1'],
    ['number', '9'.repeat(19)],
    ['number', '1.5'],
  ] as const)('refuses as a %s what a database could not compare with: %j', (key, value) => {
    expect(() => decodeKeys('a', [key], encodeCursor('a', [value]))).toThrow(Failure);
  });
});
