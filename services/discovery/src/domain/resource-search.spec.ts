import {
  countingPlanOf,
  GATHERED_MAX,
  operandsOf,
  planOf,
  walkedBy,
  type ResourceFilter,
  type Search,
} from './resource-search.ts';

const NOTHING: ResourceFilter = { types: [], kinds: [], groups: [], labels: [], states: [] };
const EVERYTHING: Search = { states: [], operands: [] };
const ROWS = 1_000_000;

/** Terms are as frequent as they are given, all others occur nowhere. */
const knowing = (shares: Readonly<Record<string, number>>) => ({
  rows: ROWS,
  share: ({ term }: { readonly term: string }) => shares[term] ?? 0,
  shareOfPart: (part: string) => shares[part] ?? 0,
});
const of = (...terms: readonly string[]): Search => ({
  ...EVERYTHING,
  operands: terms.map((term) => ({ term, prefix: false })),
});

describe('what is asked for', () => {
  it('becomes terms: words from three letters on may be the start of one', () => {
    expect(
      operandsOf({
        ...NOTHING,
        ...{ text: 'Check-out v1', image: 'shop:2', node: 'N-1', owner: 'O' },
        labels: [{ key: 'app' }, { key: 'tier', value: '' }],
      }),
    ).toEqual([
      { term: 'check', prefix: true },
      { term: 'out', prefix: true },
      { term: 'v1', prefix: false },
      { term: 'i!shop', prefix: true },
      { term: 'i!2', prefix: false },
      { term: 'l!app', prefix: false },
      { term: 'l!tier=', prefix: false },
      { term: 'n!N-1', prefix: false },
      { term: 'o!O', prefix: false },
    ]);
    expect(operandsOf({ ...NOTHING, text: ' - ' })).toEqual([]);
  });
});

describe('the way to what is searched for', () => {
  it.each<[string, Search]>([
    ['everything', EVERYTHING],
    ['types', { ...EVERYTHING, types: ['pods', 'nodes'] }],
    ['one connection', { ...EVERYTHING, connectionIds: ['c'], types: ['pods'] }],
    ['one namespace', { ...EVERYTHING, namespace: 'shop' }],
    ['one state', { ...EVERYTHING, states: ['not-ready'] }],
  ])('is a walk along the index that has just that: %s', (_name, search) =>
    expect(planOf(search, knowing({}))).toEqual({ way: 'walk' }),
  );

  it('is the index of terms for what is rare, by the terms that are rare', () => {
    expect(planOf(of('checkout', 'app'), knowing({ app: 0.9, checkout: 0.001 }))).toEqual({
      ...{ way: 'gather', byName: false },
      clauses: [[{ term: 'checkout', prefix: false }]],
    });
    expect(
      planOf(
        { ...EVERYTHING, connectionIds: ['a', 'b'], types: ['pods'], namespace: 'shop' },
        knowing({ 'c!a': 0.01, 'c!b': 0.01, 't!pods': 0.4, 's!shop': 0.02 }),
      ),
    ).toEqual({
      ...{ way: 'gather', byName: false },
      clauses: [
        [
          { term: 'c!a', prefix: false },
          { term: 'c!b', prefix: false },
        ],
        [{ term: 's!shop', prefix: false }],
      ],
    });
  });

  it('is a walk for what is frequent, alone or all together', () => {
    expect(planOf(of('app'), knowing({ app: 0.9 }))).toEqual({ way: 'walk' });
    expect(planOf(of('app'), knowing({ app: (GATHERED_MAX + 1) / ROWS }))).toEqual({ way: 'walk' });
  });

  it('is the index of parts of names for a part that is rare and long enough', () => {
    const named = (name: string): Search => ({ ...EVERYTHING, name });
    expect(planOf(named('Out'), knowing({}))).toEqual({ way: 'gather', clauses: [], byName: true });
    expect(planOf(named('out'), knowing({ out: 0.5 }))).toEqual({ way: 'walk' });
    expect(planOf(named('out'), knowing({ out: 0.02 }))).toEqual({ way: 'walk' });
    expect(planOf(named('ou'), knowing({}))).toEqual({ way: 'walk' });
    expect(planOf({ ...named('out'), types: ['pods'] }, knowing({ 't!pods': 0.4 }))).toMatchObject({ byName: true });
  });

  it('is the index for counting as long as its lists are not too long', () => {
    expect(countingPlanOf(of('app'), knowing({ app: 0.02 }))).toMatchObject({ way: 'gather' });
    expect(countingPlanOf(of('app'), knowing({ app: 0.015 }))).toMatchObject({ way: 'gather' });
    expect(countingPlanOf(of('app'), knowing({ app: 0.9 }))).toEqual({ way: 'walk' });
    expect(countingPlanOf({ ...EVERYTHING, name: 'ou' }, knowing({}))).toEqual({ way: 'walk' });
  });

  it('fixes what makes a walk shortest', () => {
    const all: Search = { ...EVERYTHING, connectionIds: ['c'], namespace: 'n', states: ['ready'] };
    expect(walkedBy(all)).toBe('connection');
    expect(walkedBy({ ...all, connectionIds: ['c', 'd'] })).toBe('namespace');
    expect(walkedBy({ ...EVERYTHING, states: ['ready'] })).toBe('state');
    expect(walkedBy({ ...EVERYTHING, states: ['ready', 'not-ready'] })).toBe('nothing');
  });
});
