import { describe, expect, it } from '@jest/globals';
import { bytesIn, parseEnvironment, parseStatus } from './proc-files.ts';

const status = (state: string): string =>
  `Name:\tnode\nState:\t${state}\nPid:\t42\nPPid:\t7\nVmPeak:\t 9000 kB\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\nRssAnon:\t 100 kB\n`;

describe('what Linux tells of a process', () => {
  it('is its parent and its memory, in bytes', () => {
    expect(parseStatus(status('S (sleeping)'))).toEqual({
      parentPid: 7,
      hasEnded: false,
      residentBytes: 204_800,
      peakBytes: 307_200,
    });
  });

  it.each([
    ['R (running)', false],
    ['T (stopped)', false],
    ['D (disk sleep)', false],
    ['Z (zombie)', true],
    ['X (dead)', true],
  ])('%s: whether it has ended is %s', (state, hasEnded) => {
    expect(parseStatus(status(state))).toMatchObject({ hasEnded });
  });

  it('is nothing where there is none, and no memory where it has given it back', () => {
    expect(parseStatus('')).toBeUndefined();
    expect(parseStatus('State:\tZ (zombie)\nPPid:\t1\n')).toMatchObject({ residentBytes: 0, peakBytes: 0 });
  });

  it('has fields whose names end alike', () => {
    const rollup = 'Rss:    5 kB\nPss:    3 kB\nSwapPss:   9 kB\n';
    expect([bytesIn(rollup, 'Pss'), bytesIn(rollup, 'Rss'), bytesIn(rollup, 'Swap')]).toEqual([3_072, 5_120, 0]);
  });

  it('is the environment it was started with, values with = and line feeds included', () => {
    expect(parseEnvironment('A=1\0URL=http://x?a=b\0EMPTY=\0TEXT=one\ntwo\0=odd\0none\0')).toEqual({
      A: '1',
      URL: 'http://x?a=b',
      EMPTY: '',
      TEXT: 'one\ntwo',
    });
    expect(parseEnvironment('')).toEqual({});
  });
});
