import { compare, summarise, timed } from './compare.ts';
import { median } from './median.ts';
import { readNodeTable } from './node-table.ts';
import { helpFor, parseOptions } from './options.ts';
import { formatTable } from './table.ts';

describe('the median', () => {
  it.each([
    ['one value', [3], 3],
    ['an odd number, in any order', [9, 1, 5], 5],
    ['numbers by value, not by text', [10, 9, 2], 9],
    ['an even number', [4, 1, 3, 2], 2.5],
  ])('of %s', (_what, values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('does not exist without values', () => {
    expect(() => median([])).toThrow('nothing');
  });
});

const rates = (...values: readonly number[]) => values.map((perSecond) => ({ perSecond }));

describe('a comparison', () => {
  it('takes turns, and throws the first pair away', async () => {
    const taken: string[] = [];
    const next = (name: string) => () => Promise.resolve({ perSecond: taken.push(name) });
    expect(await compare(2, next('a'), next('b'))).toEqual({ ours: rates(3, 5), baseline: rates(4, 6) });
    expect(taken).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });
});

describe('timing', () => {
  it('counts what was done each second, and the CPU time of each', async () => {
    const startedAt = performance.now();
    const { perSecond, cpuMicros } = await timed(1_000, () => {
      while (performance.now() - startedAt < 20);
      return Promise.resolve();
    });
    expect(perSecond).toBeLessThanOrEqual(50_000);
    expect(cpuMicros).toBeGreaterThan(0);
  });
});

const measured = { row: 'relay', what: 'publishing', unit: 'events', baselineIs: 'raw' };

describe('a summary', () => {
  it('compares pair by pair, so that a slow moment of the machine counts for both', () => {
    const { perSecond, baseline, ratio } = summarise({
      ...measured,
      ours: rates(60, 30, 70),
      baseline: rates(100, 50, 100),
    });
    expect([perSecond, baseline]).toEqual([60, { perSecond: 100 }]);
    expect(ratio).toEqual({ median: 0.6, min: 0.6, max: 0.7 });
  });

  it.each([
    ['both parts reached', { ratioMin: 0.5, perSecondMin: 50 }, true],
    ['the ratio missed', { ratioMin: 0.7 }, false],
    ['the rate missed', { ratioMin: 0.5, perSecondMin: 61 }, false],
    ['no goal', undefined, undefined],
  ])('says whether the goal is reached: %s', (_what, goal, reached) => {
    const found = summarise({ ...measured, ours: rates(60), baseline: rates(100), ...(goal && { goal }) });
    expect(found.reached).toBe(reached);
  });
});

describe('the table', () => {
  it('has one line per measurement, in columns', () => {
    const lines = formatTable([
      {
        ...measured,
        ours: [{ perSecond: 26_000.4, cpuMicros: 31.6 }],
        baseline: [{ perSecond: 40_000, cpuMicros: 20 }],
        goal: { perSecondMin: 25_000, ratioMin: 0.6 },
      },
      { row: 'alone', what: 'without baseline', unit: 'rows', ours: rates(5) },
    ]).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(
      /^relay +publishing +26,000 events\/s +40,000\/s raw +65 % +65 %–65 % +32 : 20 +≥ 25,000\/s, 60 % +reached$/,
    );
    expect(lines[2]).toMatch(/^alone +without baseline +5 rows\/s$/);
    expect(lines[1]?.indexOf('publishing')).toBe(lines[0]?.indexOf('what'));
  });
});

const ROWS = [{ name: 'relay' }, { name: 'fleet', onlyByName: true }];

describe('the command line', () => {
  it('names rows and events', () => {
    expect(parseOptions(['relay', '--events', '500'], ROWS)).toEqual({ rows: ['relay'], events: 500 });
    expect(parseOptions([], ROWS)).toEqual({ rows: [] });
  });

  it('says how large a cluster is, how long it is looked at and where it is kept', () => {
    expect(parseOptions(['--pods', '500', '--seconds', '9', '--cluster', '/kept/here'], [])).toEqual({
      rows: [],
      pods: 500,
      seconds: 9,
      clusterFolder: '/kept/here',
    });
  });

  it.each([
    [['relais'], 'there is no row "relais"; there are: relay, fleet'],
    [['--events', 'many'], 'a whole number'],
    [['--events', '5'], 'from 100'],
    [['--pods', '1'], 'from 4'],
    [['--rounds', '5'], "'--rounds'"],
    [['--rounds', '5'], helpFor(ROWS)],
  ])('refuses %j', (args, message) => {
    const attempt = () => parseOptions(args, ROWS);
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(attempt).toThrow(message);
  });

  it.each([['--help'], ['-h'], ['relay', '--help']])('gives the help for %s', (...args) => {
    expect(parseOptions(args, ROWS)).toBe('help');
  });

  it('has help that tells which rows are taken, and which only by name', () => {
    expect(helpFor(ROWS)).toMatch(/the rows relay\n[^]*only by name[^]* fleet\n/u);
  });
});

describe('what the bench of the event store node prints', () => {
  it('is read as measurements with their goals, the rest as notes', () => {
    const { measurements, notes } = readNodeTable(
      [
        '| per second | node | ceiling | of it | wanted |',
        '| --- | --- | --- | --- | --- |',
        '| inFlight64 | 9000 | 12000 | 75 % | 75 % |',
        '| batched | 20000 | 50000 | 40 % | 25000 |',
        '',
        'resident: 80 MB',
        '',
      ].join('\n'),
    );
    expect(measurements.map(({ what, goal }) => [what, goal])).toEqual([
      ['inFlight64', { ratioMin: 0.75 }],
      ['batched', { perSecondMin: 25_000 }],
    ]);
    expect(measurements.map((measurement) => summarise(measurement).reached)).toEqual([true, false]);
    expect(notes).toEqual(['event-store-node: resident: 80 MB']);
  });
});
