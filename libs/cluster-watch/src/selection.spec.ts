import type { ResourceType } from './resource-type.ts';
import { isSelected, type Choice } from './selection.ts';

const typeOf = (groupResource: string): ResourceType => {
  const [resource = '', ...group] = groupResource.split('.');
  return {
    ...{ groupResource, resource, group: group.join('.'), version: 'v1', kind: resource },
    ...{ namespaced: true, tier: 'everything', depth: 'metadata' },
  };
};

const isTaken = (groupResource: string, kinds?: Choice): boolean =>
  isSelected(typeOf(groupResource), kinds === undefined ? {} : { kinds });

describe('what is selected', () => {
  it.each(['pods', 'deployments.apps', 'virtualservices.networking.istio.io', 'boats.harbour.example'])(
    'has %s unless told otherwise',
    (type) => expect(isTaken(type)).toBe(true),
  );

  it.each(['secrets', 'configmaps', 'events', 'leases.coordination.k8s.io'])(
    'has %s only when it is named, not by an asterisk',
    (type) => {
      expect([isTaken(type), isTaken(type, { include: ['*'] }), isTaken(type, { include: ['*', type] })]).toEqual([
        ...[false, false],
        true,
      ]);
    },
  );

  it.each([
    ['virtualservices.networking.istio.io', true],
    ['istios.istio.io', true],
    ['gateways.gateway.networking.k8s.io', false],
    ['boats.notistio.io', false],
    ['pods', false],
  ])('by *.istio.io: %s is %s', (type, expected) => {
    expect(isTaken(type, { include: ['*.istio.io'] })).toBe(expected);
    expect(isTaken(type, { exclude: ['*.istio.io'] })).toBe(!expected);
  });

  it('is not what is both included and excluded', () => {
    expect(isTaken('pods', { include: ['pods'], exclude: ['pods'] })).toBe(false);
  });

  it('tells two gateways apart', () => {
    const include = ['gateways.networking.istio.io'];
    expect(isTaken('gateways.networking.istio.io', { include })).toBe(true);
    expect(isTaken('gateways.gateway.networking.k8s.io', { include })).toBe(false);
  });
});
