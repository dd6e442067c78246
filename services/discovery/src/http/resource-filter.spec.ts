import { RESOURCE_FACETS } from '@mooring/contracts';
import { readFacets, readResourceFilter } from './resource-filter.ts';

const NOTHING = { types: [], kinds: [], groups: [], labels: [], states: [] };

describe('the filter of a list of resources', () => {
  it('reads types, kinds, states and labels separated by commas', () => {
    expect(
      readResourceFilter({
        ...{ kind: 'Pod, Node', type: 'pods , deployments.apps', group: 'core', state: 'ready,not-ready' },
        ...{ label: 'app, tier=web,app.kubernetes.io/name=,a=b', name: 'x', q: 'a b' },
        connectionId: '5F3C0000-0000-4000-8000-000000000001',
      }),
    ).toEqual({
      types: ['pods', 'deployments.apps'],
      kinds: ['Pod', 'Node'],
      groups: ['core'],
      labels: [
        { key: 'app' },
        { key: 'tier', value: 'web' },
        { key: 'app.kubernetes.io/name', value: '' },
        { key: 'a', value: 'b' },
      ],
      states: ['ready', 'not-ready'],
      name: 'x',
      text: 'a b',
      connectionId: '5f3c0000-0000-4000-8000-000000000001',
    });
  });

  it('restricts nothing when nothing is asked for', () => expect(readResourceFilter({})).toEqual(NOTHING));
});

describe('what resources are counted by', () => {
  it('is what is asked for, once, or everything', () => {
    expect(readFacets({ by: 'state , type,state' }, RESOURCE_FACETS)).toEqual(['type', 'state']);
    expect(readFacets({}, RESOURCE_FACETS)).toEqual(RESOURCE_FACETS);
  });
});
