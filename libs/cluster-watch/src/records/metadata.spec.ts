import { baseOf, timeOf } from './metadata.ts';

describe('metadata', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T02:00:00.123456789+02:00', '2026-01-01T00:00:00Z'],
    ['2999-12-31T23:59:59Z', '2999-12-31T23:59:59Z'],
    ['yesterday', undefined],
    ['2026-01-01', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['0000-01-01T00:00:00Z', undefined],
    ['+275760-09-13T00:00:00Z', undefined],
    ["2026-01-01T00:00:00Z'; drop table", undefined],
    [1767225600, undefined],
    [null, undefined],
  ])('takes the time %p for %p', (given, time) => {
    expect(timeOf(given)).toBe(time);
  });

  it('keeps the controlling owner, and the others beside it', () => {
    const reference = (name: string, more = {}) => ({ apiVersion: 'apps/v1', kind: 'Any', name, uid: name, ...more });
    const of = (ownerReferences: unknown) => baseOf({ metadata: { uid: 'u', name: 'n', ownerReferences } }, 'v1');
    expect(of([reference('a'), { name: 'broken' }, reference('b', { controller: true })])).toMatchObject({
      owner: { apiVersion: 'apps/v1', kind: 'Any', name: 'b', uid: 'b' },
      otherOwners: [{ name: 'a' }],
    });
    expect(of([reference('a')])).not.toHaveProperty('otherOwners');
    expect(of('all')).not.toHaveProperty('owner');
  });

  it('takes nothing for a uid that could not be kept or compared', () => {
    const of = (uid: unknown) => baseOf({ metadata: { uid, name: 'n' } }, 'v1')?.uid;
    expect(of('0f0c2f4c-8a0e-4d2b-9a1c-3f2f0f8b9a11')).toBe('0f0c2f4c-8a0e-4d2b-9a1c-3f2f0f8b9a11');
    for (const uid of ['', ' ', 'a b', 'ü', 'x'.repeat(254), 7, {}, null]) expect(of(uid)).toBeUndefined();
  });

  it('is not fooled by names that JavaScript knows', () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y","toString":"z"}') as unknown;
    const base = baseOf({ metadata: { uid: 'u', name: 'n', labels } }, 'v1')!;
    expect(Object.entries(base.labels)).toEqual([
      ['constructor', 'y'],
      ['toString', 'z'],
    ]);
    expect(JSON.parse(JSON.stringify(base))).toEqual(base);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
