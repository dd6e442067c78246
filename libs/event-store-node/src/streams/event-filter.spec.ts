import { expressionFilter, isHiddenStream, prefixFilter } from './event-filter.ts';

it('a prefix filter wants what begins with any of its prefixes', () => {
  const filter = prefixFilter('stream', ['a-', 'b']);
  expect(['a-1', 'a', 'bc', 'cb'].map((name) => filter.matches(name))).toEqual([true, false, true, false]);
});

describe('an expression filter', () => {
  it.each([
    ['^t\\d$', 't1', true],
    ['^t\\d$', 't22', false],
    ['T', 't', false],
    ['(?i)T', 't', true],
    ['(?is)a.T', 'A\nt', true],
    ['(?<=x)y', 'xy', true],
    ['a\\-b', 'a-b', true],
    ['\\p{Lu}', 'É', true],
  ])('%s on %j: %s', (source, text, matches) => {
    expect(expressionFilter('type', source)?.matches(text)).toBe(matches);
  });

  it.each(['(', '['])('%s does not parse', (source) => {
    expect(expressionFilter('type', source)).toBeUndefined();
  });
});

it("the server's own streams are hidden, and nobody else's", () => {
  expect(isHiddenStream('$persistentsubscription-$all::g-checkpoint')).toBe(true);
  expect(isHiddenStream('$epoch-information')).toBe(true);
  expect(isHiddenStream('$users')).toBe(false);
  expect(isHiddenStream('s')).toBe(false);
});
