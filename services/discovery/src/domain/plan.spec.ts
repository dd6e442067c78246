import type { Mode } from './mode.ts';
import { planWorkers } from './plan.ts';

const wanted = (modes: Record<string, Mode>) =>
  Object.entries(modes).map(([connectionId, mode]) => ({ connectionId, mode }));

describe('which workers run', () => {
  const rows: readonly [string, Record<string, Mode>, readonly string[], readonly string[], readonly string[]][] = [
    [
      'starts one for each that needs attention',
      { a: 'probe', b: 'watch', c: 'look', d: 'gone' },
      [],
      ['a', 'b', 'c', 'd'],
      [],
    ],
    ['leaves running ones alone whatever they do', { a: 'watch', b: 'look' }, ['a', 'b'], [], []],
    ['starts none for what rests, and lets the one it has end by itself', { a: 'rest', b: 'rest' }, ['a'], [], []],
    ['stops what is not there any more', {}, ['a'], [], ['a']],
  ];
  it.each(rows)('%s', (_name, desired, running, start, stop) => {
    expect(planWorkers(wanted(desired), new Set(running))).toEqual({ start, stop });
  });
});
