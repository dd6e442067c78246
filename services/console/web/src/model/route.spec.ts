import { parseRoute, toHash, type Route } from './route.ts';

const ROUTES: readonly Route[] = [
  { view: 'connections', states: [], search: '', sort: 'state' },
  { view: 'connections', states: ['not_found', 'disconnected'], search: 'prod & eu', sort: '-changedAt' },
  { view: 'connection', id: '5f3c' },
  { view: 'connection', id: '5f3c', revision: '4' },
  { view: 'events', severityMax: 7, search: '' },
  { view: 'events', severityMax: 3, search: 'trace=1' },
  { view: 'notifications' },
  { view: 'import' },
  { view: 'import', id: 'a/b' },
];

describe('addresses', () => {
  it.each(ROUTES.map((route) => [toHash(route), route] as const))('%s leads back to its view', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('are plain for the plain view', () => {
    expect(toHash({ view: 'connections', states: [], search: '', sort: 'state' })).toBe('#/connections');
    expect(toHash({ view: 'connections', states: [], search: '', sort: 'name' })).toBe('#/connections?sort=name');
    expect(toHash({ view: 'events', severityMax: 7, search: '' })).toBe('#/events');
  });

  it.each(['', '#', '#/', '#/connections'])('"%s" is the list of connections', (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'connections', states: [], search: '', sort: 'state' });
  });

  it.each([
    ['#/clusters', { view: 'unknown' }],
    ['#/connections/%E0%A4%A', { view: 'connection', id: '%E0%A4%A' }],
    ['#/connections/5f3c?revision=last', { view: 'connection', id: '5f3c' }],
    ['#/events?severity=99', { view: 'events', severityMax: 7, search: '' }],
  ])('%s, written by hand, does no harm', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });
});
