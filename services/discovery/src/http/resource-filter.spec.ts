import { readResourceFilter } from './resource-filter.ts';

describe('the filter of a list of resources', () => {
  it('reads kinds and labels separated by commas', () => {
    expect(
      readResourceFilter({ kind: 'Pod, Node', label: 'app, tier=web,app.kubernetes.io/name=,a=b', name: 'x' }),
    ).toEqual({
      kinds: ['Pod', 'Node'],
      labels: [
        { key: 'app' },
        { key: 'tier', value: 'web' },
        { key: 'app.kubernetes.io/name', value: '' },
        { key: 'a', value: 'b' },
      ],
      name: 'x',
    });
  });
});
