import { parseSelectors } from './selectors.ts';
import type { KubeObject } from './store.ts';
import { compareVersions } from './types.ts';

const object = (labels: Record<string, string>): KubeObject => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1', creationTimestamp: '', labels },
  spec: { nodeName: 'node-1' },
});

describe('selectors', () => {
  it.each([
    ['labelSelector=tier%3Dweb', true],
    ['labelSelector=tier%3D%3Dweb,!canary', true],
    ['labelSelector=tier!%3Dweb', false],
    ['labelSelector=other!%3Dweb', true],
    ['labelSelector=tier+in+(web,api)', true],
    ['labelSelector=tier+notin+(web,api)', false],
    ['labelSelector=other+notin+(web)', true],
    ['labelSelector=app.example/name', false],
    ['labelSelector=tier,zone', false],
    ['fieldSelector=metadata.name%3Dweb,metadata.namespace%3Dshop', true],
    ['fieldSelector=spec.nodeName!%3Dnode-1', false],
    ['labelSelector=tier&fieldSelector=metadata.name%3Dapi', false],
  ])('%s', (query, selected) => {
    const parsed = parseSelectors(new URLSearchParams(query), 'Pod');
    expect(parsed.ok && parsed.value?.(object({ tier: 'web' }))).toBe(selected);
  });

  it.each(['labelSelector=a+b', 'labelSelector=a%3Db%3Dc', 'fieldSelector=spec.secret%3Dx', 'fieldSelector=nothing'])(
    '%s is refused',
    (query) => {
      expect(parseSelectors(new URLSearchParams(query), 'Pod').ok).toBe(false);
    },
  );

  it('nothing selects everything', () => {
    expect(parseSelectors(new URLSearchParams('limit=5'), 'Pod')).toEqual({ ok: true, value: undefined });
  });
});

describe('versions', () => {
  it('stable comes before beta before alpha, and higher before lower', () => {
    const versions = ['v1alpha3', 'v1', 'v2beta1', 'custom', 'v2', 'v1beta2', 'v10', 'v1beta1'];
    expect(versions.sort(compareVersions)).toEqual([
      'v10',
      'v2',
      'v1',
      'v2beta1',
      'v1beta2',
      'v1beta1',
      'v1alpha3',
      'custom',
    ]);
  });
});
