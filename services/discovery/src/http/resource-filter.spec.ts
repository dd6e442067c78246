import { RESOURCE_FACETS, type ResourceListQuery } from '@mooring/contracts';
import { Problem } from '@mooring/service-host';
import { operandsOf } from '../domain/resource-search.ts';
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

  it('restricts nothing when nothing is asked for', () => {
    expect(readResourceFilter({})).toEqual(NOTHING);
    expect(operandsOf(readResourceFilter({ q: '', image: ' ' }))).toEqual([]);
  });

  const problemOf = (query: ResourceListQuery): unknown => {
    try {
      return readResourceFilter(query);
    } catch (thrown) {
      return thrown;
    }
  };

  it.each([
    [{ q: '---' }, ['q']],
    [{ q: '!' }, ['q']],
    [{ q: ' - / ' }, ['q']],
    [{ image: '!' }, ['image']],
    [{ q: 'shop', image: ':' }, ['image']],
    [{ q: '.', image: '@' }, ['q', 'image']],
  ])('refuses texts without any word, which would let everything through: %j', (query, parameters) => {
    const refused = problemOf(query);
    const errors = parameters.map((parameter) => ({
      ...{ parameter, detail: 'must hold a letter or a digit: what separates words finds nothing by itself' },
    }));
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ status: 400, code: 'invalid-request', options: { errors } });
  });

  it.each(['a', '-7-', '日本', 'check-out v1'])('takes a text with any word: %s', (text) =>
    expect(readResourceFilter({ q: text, image: text })).toEqual({ ...NOTHING, text, image: text }),
  );
});

describe('what resources are counted by', () => {
  it('is what is asked for, once, or everything', () => {
    expect(readFacets({ by: 'state , type,state' }, RESOURCE_FACETS)).toEqual(['type', 'state']);
    expect(readFacets({}, RESOURCE_FACETS)).toEqual(RESOURCE_FACETS);
  });
});
