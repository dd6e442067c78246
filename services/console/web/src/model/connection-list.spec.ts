import type { ConnectionView } from '@mooring/contracts';
import { ariaSort, countsOf, nextSort, replacedBy, shown, withRows, withoutRow } from './connection-list.ts';

const row = (id: string, changes: Partial<ConnectionView> = {}): ConnectionView => ({
  id,
  name: `cluster-${id}`,
  kind: 'kubernetes',
  state: 'connected',
  intent: 'registered',
  link: 'up',
  endpoint: { server: `https://${id}.example.net:6443`, context: id },
  credential: { id: 'c', fingerprint: 'f', alternatives: 0 },
  revision: '1',
  decision: 1,
  enteredAt: '2026-11-21T08:00:00Z',
  changedAt: '2026-11-21T09:00:00Z',
  allowedActions: [],
  ...changes,
});

const rowsOf = (...rows: readonly ConnectionView[]) => withRows(new Map(), rows);
const names = (rows: readonly ConnectionView[]) => rows.map(({ name }) => name);

describe('rows', () => {
  it('do not go back to an older revision, whichever answer comes last', () => {
    const rows = withRows(rowsOf(row('a', { revision: '10', state: 'disconnected' })), [row('a', { revision: '9' })]);
    expect(rows.get('a')?.state).toBe('disconnected');
  });

  it('that are no more are left out', () => {
    const rows = rowsOf(row('a'), row('b'));
    expect([...withoutRow(rows, 'a').keys()]).toEqual(['b']);
    expect(withoutRow(rows, 'c')).toBe(rows);
  });

  it('of a complete list replace those known, but not newer ones', () => {
    const known = rowsOf(row('a', { revision: '10', state: 'ignored' }), row('b'));
    const rows = replacedBy(known, [row('a', { revision: '9' }), row('c')]);
    expect([...rows.keys()].sort()).toEqual(['a', 'c']);
    expect(rows.get('a')?.state).toBe('ignored');
  });
});

describe('the table', () => {
  const rows = rowsOf(
    row('a', { name: 'prod-10', clusterVersion: 'v1.9.0', changedAt: '2026-11-21T09:03:00Z' }),
    row('b', { name: 'prod-9', clusterVersion: 'v1.34.0', changedAt: '2026-11-21T09:01:00Z' }),
    row('c', {
      name: 'Dev',
      state: 'not_found',
      reason: { code: 'dns', message: 'The name does not resolve.' },
      changedAt: '2026-11-21T09:02:00Z',
    }),
    row('d', { name: 'gone', state: 'deleted' }),
  );
  const plain = { states: [], search: '', sort: 'name' };

  it('shows all but deleted ones by name, with numbers in their order', () => {
    expect(names(shown(rows, plain))).toEqual(['Dev', 'prod-9', 'prod-10']);
  });

  it('shows deleted ones to who asks for them', () => {
    expect(names(shown(rows, { ...plain, states: ['deleted'] }))).toEqual(['gone']);
  });

  it.each([
    ['PROD', ['prod-9', 'prod-10']],
    ['prod v1.34', ['prod-9']],
    ['c.example.net', ['Dev']],
    ['resolve', ['Dev']],
    ['nowhere', []],
  ])('finds by "%s" in name, server, version and reason', (search, found) => {
    expect(names(shown(rows, { ...plain, search }))).toEqual(found);
  });

  it.each([
    ['state', ['Dev', 'prod-9', 'prod-10']],
    ['version', ['Dev', 'prod-10', 'prod-9']],
    ['changedAt', ['prod-9', 'Dev', 'prod-10']],
    ['-changedAt', ['prod-10', 'Dev', 'prod-9']],
    ['no-such-column', ['Dev', 'prod-9', 'prod-10']],
  ])('sorts by %s', (sort, order) => {
    expect(names(shown(rows, { ...plain, sort }))).toEqual(order);
  });

  it('has what needs a person on top, in the order of its states, and what is away as decided with what is left alone', () => {
    const many = Array.from({ length: 100 }, (_, n) => row(`ok-${String(n)}`, { name: `a-${String(n)}` }));
    const withdrawn = { code: 'withdrawn', message: 'A person disconnected it.' };
    const away = { state: 'disconnected', reason: { code: 'refused', message: 'Nothing listens.' } } as const;
    const mixed = rowsOf(
      ...many,
      row('1', { ...away, name: 'z-lost' }),
      row('2', { name: 'z-never', state: 'not_found', reason: { code: 'dns', message: 'No such name.' } }),
      row('3', { name: 'z-undecided', state: 'discovered', intent: 'none' }),
      row('4', { ...away, name: 'b-put-away', intent: 'none', reason: withdrawn }),
      row('5', { ...away, name: 'c-maintained', intent: 'maintenance' }),
      row('6', { name: 'd-ignored', state: 'ignored', intent: 'ignored' }),
    );
    const list = names(shown(mixed, { ...plain, sort: 'state' }));
    expect(list.slice(0, 3)).toEqual(['z-lost', 'z-never', 'z-undecided']);
    expect(list.slice(-3)).toEqual(['d-ignored', 'b-put-away', 'c-maintained']);
  });

  it('counts states among what the search finds', () => {
    expect(countsOf(rows, '')).toEqual({ all: 3, connected: 2, not_found: 1, deleted: 1 });
    expect(countsOf(rows, 'prod')).toEqual({ all: 2, connected: 2 });
  });

  it('turns the order round at the second click', () => {
    expect(nextSort('name', 'state')).toBe('state');
    expect(nextSort('state', 'state')).toBe('-state');
    expect(nextSort('-state', 'state')).toBe('state');
    expect([ariaSort('state', 'state'), ariaSort('-state', 'state'), ariaSort('name', 'state')]).toEqual([
      'ascending',
      'descending',
      'none',
    ]);
  });
});
