import { codingFor, isUnchanged } from './negotiation.ts';

describe('the coding of an answer', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0', 'gzip'],
    ['GZIP', 'gzip'],
    ['deflate', 'identity'],
    ['gzip;q=0', 'identity'],
  ])('for %p is %s', (header, coding) => {
    expect(codingFor(header)).toBe(coding);
  });
});

describe('a file the browser has', () => {
  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['*', true],
    ['"b"', false],
    [undefined, false],
  ])('%p: unchanged %s', (header, expected) => {
    expect(isUnchanged(header, '"a"')).toBe(expected);
  });
});
