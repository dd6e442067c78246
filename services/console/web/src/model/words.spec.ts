import { CONNECTION_ACTIONS, CONNECTION_STATES } from '@mooring/contracts';
import { outcomeLook, progressOf, refusalOf, KUBECONFIG_BYTES_MAX } from './import-outcomes.ts';
import { pageTitle } from './page-title.ts';
import { shapeOfSeverity, toneOfSeverity } from './severity.ts';
import { ACTION_WORDS, STATES, STATE_LOOKS, byWhom, inMenuOrder, lookOf } from './states.ts';

describe('states', () => {
  it('are all known, and no two look alike without colour', () => {
    expect([...STATES].sort()).toEqual([...CONNECTION_STATES].sort());
    expect(new Set(Object.values(STATE_LOOKS).map(({ shape }) => shape)).size).toBe(STATES.length);
  });

  it('that a newer server invents are shown by their own name', () => {
    expect(lookOf('quarantined')).toMatchObject({ label: 'quarantined', tone: 'quiet' });
    expect(lookOf('constructor').label).toBe('constructor');
  });
});

describe('actions', () => {
  it('all have words', () => {
    expect(Object.keys(ACTION_WORDS).sort()).toEqual([...CONNECTION_ACTIONS].sort());
  });

  it('are offered exactly as allowed, with delete last', () => {
    expect(inMenuOrder(['delete', 'reconnect'])).toEqual(['reconnect', 'delete']);
    expect(inMenuOrder([])).toEqual([]);
  });
});

test('who is behind an entry', () => {
  expect(byWhom('person', '5f3c0a1b-0000-4000-8000-000000000001')).toBe('a person (5f3c0a1b)');
  expect(byWhom('policy', 'anna')).toBe('a rule (for anna)');
  expect(byWhom('observation')).toBe('an observation');
  expect(byWhom('oracle')).toBe('oracle');
});

describe('imports', () => {
  const context = (outcome: 'pending' | 'registered' | 'refused') => ({ context: 'c', outcome });

  it('say how far they are', () => {
    expect(progressOf([context('pending'), context('registered'), context('refused')])).toBe(
      '2 of 3 contexts done; 1 needs a look.',
    );
    expect(progressOf([context('registered')])).toBe('The context has its outcome.');
    expect(progressOf([context('refused'), context('refused')])).toBe(
      'All 2 contexts have their outcome; 2 need a look.',
    );
  });

  it('are not sent when empty or too large', () => {
    expect(refusalOf(' \n', 2)).toContain('empty');
    expect(refusalOf('x', KUBECONFIG_BYTES_MAX + 1)).toContain('5 MB');
    expect(refusalOf('x', KUBECONFIG_BYTES_MAX)).toBeUndefined();
  });

  it('show an outcome they do not know by its name', () => {
    expect(outcomeLook('postponed').label).toBe('postponed');
  });
});

test('severities are told apart by shape and tone', () => {
  expect([0, 3, 4, 5, 6, 7].map(shapeOfSeverity)).toEqual(['triangle', 'triangle', 'diamond', 'dot', 'ring', 'ring']);
  expect(toneOfSeverity(5, 'success')).toBe('good');
  expect(toneOfSeverity(5, 'notice')).toBe('news');
});

test('the title says where one is, and how much waits', () => {
  const facts = { signedOut: false, open: 2, nameOf: () => 'prod-eu' };
  expect(pageTitle({ view: 'connection', id: 'x' }, facts)).toBe('(2) prod-eu · Mooring');
  expect(pageTitle({ view: 'notifications' }, { ...facts, open: 0 })).toBe('Notifications · Mooring');
  expect(pageTitle({ view: 'import' }, { ...facts, signedOut: true })).toBe('Not signed in · Mooring');
});
