import { readResourceFilter } from './resource-filter.ts';

describe('the filter of a list of resources', () => {
  it('reads kinds and labels separated by commas', () => {
    expect(
      readResourceFilter({ kind: 'Pod, Node', label: 'app,tier=web,app.kubernetes.io/name=a=b', name: 'x' }),
    ).toEqual({
      kinds: ['Pod', 'Node'],
      labels: [{ key: 'app' }, { key: 'tier', value: 'web' }, { key: 'app.kubernetes.io/name', value: 'a=b' }],
      name: 'x',
    });
  });

  it.each([
    ['a kind that nobody has', { kind: 'Pod,Secret' }, /Secret.*allowed are Namespace, Node/],
    ['an empty kind', { kind: '' }, /allowed are/],
    ['a label without a key', { label: '=web' }, /neither key nor key=value/],
    ['a label that is none', { label: "a' or 1=1" }, /neither key nor key=value/],
    ['a name with a null character', { name: 'a\u0000b' }, /no name has/],
  ])('refuses %s and says what is allowed', (_name, query, message) => {
    expect(() => readResourceFilter(query)).toThrow(message);
  });
});
