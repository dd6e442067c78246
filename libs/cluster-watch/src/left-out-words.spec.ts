import { overLimitInWords } from './left-out-words.ts';

const NONE = Number.POSITIVE_INFINITY;

describe('what there was no room for', () => {
  it.each([
    [{ objectsMax: 1000, recordBytesMax: NONE }, '1000 objects'],
    [{ objectsMax: NONE, recordBytesMax: 64 * 1024 ** 2 }, '64 MiB of records'],
    [{ objectsMax: NONE, recordBytesMax: 3000 }, '3000 bytes of records'],
    [{ objectsMax: 5, recordBytesMax: 2048 }, '5 objects or 2 KiB of records'],
  ])('is said with the limits that are set, and no other (%j)', (limits, words) => {
    expect(overLimitInWords(7, limits)).toBe(
      `7 objects were left out: the limit of ${words} for this cluster is reached`,
    );
    expect(overLimitInWords(1, limits)).toMatch(/^1 object was left out: /);
    expect(overLimitInWords(0, limits)).toBeUndefined();
  });
});
