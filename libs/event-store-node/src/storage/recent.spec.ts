import { createRecent } from './recent.ts';

describe('what is recent', () => {
  it('is at least the half that was used last, and never more than all', () => {
    const recent = createRecent<number>(100);
    for (let n = 0; n < 1000; n += 1) {
      recent.set(`${n}`, n);
      // Asked for again and again, and so never forgotten.
      expect(recent.get('0')).toBe(0);
    }
    // The newest first: asking is using.
    const known = Array.from({ length: 1000 }, (_, n) => 999 - n).filter((n) => recent.get(`${n}`) !== undefined);
    expect(known.length).toBeLessThanOrEqual(100);
    expect(known).toEqual(expect.arrayContaining([0, ...Array.from({ length: 49 }, (_, n) => 951 + n)]));
  });

  it('is what was set last, and nothing after it was deleted', () => {
    const recent = createRecent<string>(4);
    for (const value of ['first', 'second']) recent.set('key', value);
    expect(recent.get('key')).toBe('second');
    for (const other of ['a', 'b', 'c']) recent.set(other, other);
    recent.delete('key');
    expect(recent.get('key')).toBeUndefined();
    recent.clear();
    expect(recent.get('c')).toBeUndefined();
  });
});
