import { catalogOfAggregated, catalogOfPlain, groupVersionsOf } from './catalog.ts';

const VERBS = ['get', 'list', 'watch'];
const resource = (name: string, kind: string, verbs = VERBS): object => ({
  ...{ resource: name, responseKind: { group: '', version: '', kind }, scope: 'Namespaced', verbs },
});
const aggregated = (...items: object[]): string => JSON.stringify({ kind: 'APIGroupDiscoveryList', items });
const group = (name: string, ...versions: object[]): object => ({ metadata: name === '' ? {} : { name }, versions });
const version = (name: string, freshness: string, ...resources: object[]): object => ({
  ...{ version: name, freshness, resources },
});
const namesOf = (catalog: ReturnType<typeof catalogOfAggregated>): readonly string[] =>
  [...(catalog?.types.values() ?? [])].map(({ groupResource, version: of }) => `${groupResource} ${of}`);

describe('what a cluster serves', () => {
  it('is every type that can be listed and watched, in the version that comes first', () => {
    const catalog = catalogOfAggregated([
      aggregated(
        group('', version('v1', 'Current', resource('pods', 'Pod'), resource('bindings', 'Binding', ['create']))),
      ),
      aggregated(
        group('gateway.networking.k8s.io', version('v1', 'Current', resource('gateways', 'Gateway'))),
        group(
          'networking.istio.io',
          version('v1', 'Current', resource('gateways', 'Gateway')),
          version('v1beta1', 'Current', resource('gateways', 'Gateway'), resource('proxyconfigs', 'ProxyConfig')),
        ),
      ),
    ]);
    expect(namesOf(catalog)).toEqual([
      'pods v1',
      'gateways.gateway.networking.k8s.io v1',
      'gateways.networking.istio.io v1',
      'proxyconfigs.networking.istio.io v1beta1',
    ]);
    expect(catalog?.types.get('pods')).toMatchObject({ kind: 'Pod', namespaced: true, depth: 'record', group: '' });
    expect(catalog?.types.get('proxyconfigs.networking.istio.io')).toMatchObject({ kind: 'ProxyConfig' });
  });

  it('is not known for a group whose server is away', () => {
    const catalog = catalogOfAggregated([
      aggregated(group('away.example', version('v1', 'Stale', resource('things', 'Thing')))),
    ]);
    expect(namesOf(catalog)).toEqual([]);
    expect([...(catalog?.staleGroups ?? [])]).toEqual(['away.example']);
  });

  it('is 5,000 types at most; of the groups of the others it is said that they are not known', () => {
    const many = Array.from({ length: 5001 }, (_, index) => resource(`things${index}`, 'Thing'));
    const catalog = catalogOfAggregated([
      aggregated(
        group('first.example', version('v1', 'Current', resource('things', 'Thing'))),
        group('many.example', version('v2', 'Current', ...many), version('v1', 'Current', ...many.slice(0, 1))),
        group('last.example', version('v1', 'Current', resource('things', 'Thing'))),
        group('none.example', version('v1', 'Current', resource('reviews', 'Review', ['create']))),
      ),
    ]);
    expect(catalog?.types.size).toBe(5000);
    expect([...(catalog?.staleGroups ?? [])]).toEqual(['many.example', 'last.example']);
  });

  it('is not guessed from something else, nor are names that would lead elsewhere', () => {
    expect(catalogOfAggregated(['{"kind":"APIGroupList","groups":[]}'])).toBeUndefined();
    expect(catalogOfAggregated(['<html>'])).toBeUndefined();
    const odd = [
      resource('pods/log', 'Pod'),
      resource('../secrets', 'Secret'),
      resource('pods', 'Pod\n'),
      {},
      7 as never,
    ];
    expect(namesOf(catalogOfAggregated([aggregated(group('', version('v1', 'Current', ...odd)))]))).toEqual([]);
  });

  it('is found out one group at a time on servers without aggregated documents', () => {
    const versions = groupVersionsOf(
      JSON.stringify({
        kind: 'APIGroupList',
        groups: [
          {
            name: 'a.example',
            versions: [{ version: 'v1beta1' }, { version: 'v1' }],
            preferredVersion: { version: 'v1' },
          },
          { name: 'b.example', versions: [{ version: 'v1' }], preferredVersion: { version: 'v1' } },
        ],
      }),
    );
    expect(versions?.map(({ path }) => path)).toEqual([
      '/apis/a.example/v1',
      '/apis/a.example/v1beta1',
      '/apis/b.example/v1',
    ]);
    const list = (...names: string[]): string =>
      JSON.stringify({
        kind: 'APIResourceList',
        resources: names.map((name) => ({ name, kind: 'Thing', namespaced: false, verbs: VERBS })),
      });
    const texts = [list('things', 'things/status'), list('things', 'others'), undefined];
    const catalog = catalogOfPlain(versions!.map((from, index) => ({ from, text: texts[index] })));
    expect(namesOf(catalog)).toEqual(['things.a.example v1', 'others.a.example v1beta1']);
    expect([...catalog.staleGroups]).toEqual(['b.example']);
    expect(groupVersionsOf('{}')).toBeUndefined();
  });
});
