import type { ObjectIdentity } from './object-identity.ts';
import { unreadInWords } from './left-out-words.ts';
import { createUnread, type Unread } from './unread.ts';

const named = (name: string): ObjectIdentity => ({ uid: `uid-${name}`, namespace: 'shop', name });
const wordsOf = (...unread: readonly Unread[]): string | undefined =>
  unreadInWords(unread, { kind: 'Pod', lineBytesMax: 4 * 1024 ** 2 });

describe('what could not be read', () => {
  it('counts each object once, however often it comes, until it is taken in or gone', () => {
    const unread = createUnread();
    for (let round = 0; round < 1000; round += 1) unread.note(named('huge'), 'too-large', true);
    unread.note({ name: 'odd' }, 'no-identity', true);
    expect(unread.count).toBe(2);
    expect(unread.forget(named('other'))).toBe(false);
    expect(unread.forget({ uid: 'uid-huge' })).toBe(true);
    expect(unread.forget({ uid: 'it has one now', name: 'odd' })).toBe(true);
    expect(unread.count).toBe(0);
    expect(wordsOf(unread)).toBeUndefined();
  });

  it('a whole first state knows better; until it is whole, what was known stands', () => {
    const unread = createUnread();
    unread.note(named('a'), 'too-large', true);
    unread.note({}, 'not-understood', true);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      unread.beginFirstState();
      expect(unread.count).toBe(2);
      unread.note(named('b'), 'another-kind', true);
      unread.note({}, 'too-large', true);
      expect(unread.count).toBe(2);
    }
    unread.finishFirstState();
    expect(unread.objects().map(({ name }) => name)).toEqual(['shop/b']);
    unread.beginFirstState();
    unread.finishFirstState();
    expect(unread.count).toBe(0);
  });

  it('what goes or is taken in while a first state is read does not come back with it', () => {
    const unread = createUnread();
    unread.note(named('a'), 'too-large', true);
    unread.beginFirstState();
    expect(unread.forget(named('a'))).toBe(true);
    expect(unread.count).toBe(0);
    unread.finishFirstState();
    expect(unread.count).toBe(0);
  });

  it('holds 1,000 by name and counts what is beyond', () => {
    const unread = createUnread();
    const note = (): void => {
      for (let index = 0; index < 5000; index += 1) unread.note(named(String(index)), 'too-large', true);
    };
    note();
    expect(unread.count).toBe(5000);
    expect(unread.objects()).toHaveLength(1000);
    // Those beyond that only change are not counted again.
    for (let round = 0; round < 100; round += 1) unread.note(named('4999'), 'too-large', false);
    expect(unread.count).toBe(5000);
    unread.beginFirstState();
    note();
    unread.finishFirstState();
    expect(unread.count).toBe(5000);
    // One of them that gets a name, since there is room for it, is still one.
    for (let index = 0; index < 100; index += 1) unread.forget(named(String(index)));
    for (let round = 0; round < 2; round += 1)
      for (let index = 4000; index < 4100; index += 1) unread.note(named(String(index)), 'too-large', false);
    expect(unread.count).toBe(4900);
    expect(unread.objects()).toHaveLength(1000);
  });

  it('is said with up to three names, each with its cause, and how many more there are', () => {
    const unread = createUnread();
    unread.note(named('huge'), 'too-large', true);
    expect(wordsOf(unread)).toBe('1 object was left out: shop/huge (too large: more than 4 MiB)');
    unread.note({ name: 'odd' }, 'no-identity', true);
    unread.note({}, 'not-understood', true);
    unread.note({}, 'not-understood', true);
    const other = createUnread();
    other.note({ uid: 'u-7' }, 'another-kind', true);
    expect(wordsOf(unread, other)).toBe(
      '5 objects were left out: shop/huge (too large: more than 4 MiB), odd (without a uid or a name), ' +
        'uid u-7 (of another kind than Pod), 2 that cannot be named (not understood)',
    );
    for (let index = 0; index < 2000; index += 1) other.note(named(String(index)), 'another-kind', true);
    expect(wordsOf(other)).toBe(
      '2001 objects were left out: uid u-7 (of another kind than Pod), shop/0 (of another kind than Pod), ' +
        'shop/1 (of another kind than Pod), and 1998 more',
    );
  });
});
