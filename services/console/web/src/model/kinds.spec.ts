import { CLUSTER_TIERS, type KindStatusView } from '@mooring/contracts';
import {
  choicesOf,
  countedStates,
  groupOf,
  kindStateOf,
  KIND_STATES,
  lookOfKindState,
  lookOfTier,
  shownKinds,
  TIER_WORDS,
  troubleOf,
} from './kinds.ts';

const kind = (type: string, state: string, more: Partial<KindStatusView> = {}): KindStatusView => ({
  ...{ type, state, objects: 1, leftOut: 0 },
  kind: type.replace(/s?(\..*)?$/, ''),
  ...more,
});
const KINDS = [
  kind('nodes', 'watching'),
  kind('pods', 'watching', { leftOut: 2 }),
  kind('gateways.networking.istio.io', 'listing', { kind: 'Gateway' }),
  kind('gateways.gateway.networking.k8s.io', 'failing', { kind: 'Gateway', reason: 'The answer broke off.' }),
  kind('secrets', 'forbidden'),
  kind('barges', 'quarantined'),
];
const ALL = { states: [], search: '' };

describe('the kinds of a cluster', () => {
  it('are shown with those first that need somebody, and unknown ones last', () => {
    expect(shownKinds(KINDS, ALL).map(({ type }) => type)).toEqual([
      ...['gateways.gateway.networking.k8s.io', 'secrets', 'pods', 'gateways.networking.istio.io', 'nodes', 'barges'],
    ]);
  });

  it('are shown with those last that there is nothing of', () => {
    const both = [kind('anchors', 'watching', { objects: 0 }), kind('barges', 'watching')];
    expect(shownKinds(both, ALL).map(({ type }) => type)).toEqual(['barges', 'anchors']);
  });

  it('are found by part of kind or type, and by state', () => {
    expect(shownKinds(KINDS, { ...ALL, search: ' GATEWAY ' })).toHaveLength(2);
    expect(shownKinds(KINDS, { ...ALL, search: 'istio' })).toHaveLength(1);
    expect(shownKinds(KINDS, { ...ALL, states: ['incomplete', 'forbidden'] }).map(({ type }) => type)).toEqual([
      'secrets',
      'pods',
    ]);
  });

  it('are counted by state, of what is found', () => {
    expect(countedStates(KINDS, 'gateway')).toEqual([
      { state: 'failing', count: 1 },
      { state: 'listing', count: 1 },
    ]);
    expect(countedStates([], '')).toEqual([]);
  });

  it('say why they are not whole', () => {
    expect(troubleOf(KINDS[0]!)).toEqual([]);
    expect(troubleOf(KINDS[1]!)).toEqual(['2 objects left out.']);
    expect(troubleOf(kind('pods', 'failing', { leftOut: 1, reason: 'Too large.' }))).toEqual([
      'Too large.',
      '1 object left out.',
    ]);
    expect(kindStateOf(KINDS[1]!)).toBe('incomplete');
  });

  it('are told apart by group where two have the same name', () => {
    expect(KINDS.map(groupOf)).toEqual(['', '', 'networking.istio.io', 'gateway.networking.k8s.io', '', '']);
  });

  it('are chosen from by type, with the group where the name is not enough', () => {
    expect(choicesOf([...KINDS, kind('events', 'watching', { objects: 0 })]).map(({ label }) => label)).toEqual([
      ...['barge', 'Gateway (gateway.networking.k8s.io)', 'Gateway (networking.istio.io)', 'node', 'pod', 'secret'],
    ]);
  });

  it('look different in every state, without colour', () => {
    expect(new Set(KIND_STATES.map((state) => lookOfKindState(state).shape)).size).toBe(KIND_STATES.length);
    expect(lookOfKindState('constructor')).toEqual({ label: 'constructor', shape: 'ring', tone: 'quiet' });
  });
});

test('every tier has words', () => expect(Object.keys(TIER_WORDS)).toEqual([...CLUSTER_TIERS]));

describe('a tier', () => {
  const reachedAt = '2026-11-21T10:00:00Z';
  const whole = { shape: 'dot', tone: 'good' };
  const well = [kind('pods', 'watching', { tier: 'workloads' }), kind('barges', 'listing', { tier: 'everything' })];

  it('that is reached is well while all of its kinds can be read', () => {
    for (const tier of CLUSTER_TIERS) expect(lookOfTier({ tier, reachedAt }, well)).toEqual(whole);
  });

  it('that is reached says how many of its kinds cannot be read, and does not look well', () => {
    const kinds = [
      ...well,
      ...['failing', 'forbidden', 'missing'].map((state) => kind(state, state, { tier: 'workloads' })),
      kind('secrets', 'forbidden', { tier: 'everything' }),
      // Noted before there were tiers.
      kind('anchors', 'failing'),
    ];
    expect(lookOfTier({ tier: 'identity', reachedAt }, kinds)).toEqual(whole);
    const notWhole = { shape: 'diamond', tone: 'care' };
    expect(lookOfTier({ tier: 'workloads', reachedAt }, kinds)).toEqual({
      ...notWhole,
      missing: '3 kinds cannot be read',
    });
    expect(lookOfTier({ tier: 'everything', reachedAt }, kinds)).toEqual({
      ...notWhole,
      missing: '5 kinds cannot be read',
    });
  });

  it('that is not reached looks so, whatever else is known', () => {
    const notYet = { shape: 'ring', tone: 'quiet' };
    expect(lookOfTier({ tier: 'workloads' }, well)).toEqual(notYet);
    expect(lookOfTier({ tier: 'workloads' }, [kind('nodes', 'forbidden', { tier: 'workloads' })])).toEqual({
      ...notYet,
      missing: '1 kind cannot be read',
    });
  });
});
