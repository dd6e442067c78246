import { DEFAULT_RIGHTS, hasRight, rightFor, type DefaultRights, type Identity } from './access.ts';

const who = (...roles: string[]): Identity => ({ login: roles[0] ?? '', roles: new Set(roles) });
const admin = who('admin', '$admins');
const ops = who('ops', '$ops');
const service = who('connections', 'mooring');

describe('the right an operation needs', () => {
  it.each([
    ['read', 's', '$r', 's'],
    ['write', 's', '$w', 's'],
    ['delete', '$s', '$d', '$s'],
    ['read', '$$s', '$mr', 's'],
    ['write', '$$s', '$mw', 's'],
    ['delete', '$$s', '$mw', 's'],
    ['write', '$$$all', '$mw', '$all'],
  ] as const)('%s %s: %s on %s', (operation, stream, right, on) => {
    expect(rightFor(operation, stream)).toEqual({ right, on });
  });
});

describe('by default', () => {
  it.each([
    [admin, 's', true],
    [admin, '$s', true],
    [admin, '$all', true],
    [ops, 's', true],
    [ops, '$s', false],
    [ops, '$all', false],
    [undefined, 's', false],
  ] as const)('%j on %s: %s', (identity, stream, may) => {
    for (const right of ['$r', '$w', '$d', '$mr', '$mw'] as const)
      expect(hasRight(identity, right, stream, undefined, DEFAULT_RIGHTS)).toBe(may);
  });
});

describe('with default rights that shut others out', () => {
  const closed: DefaultRights = {
    user: {
      $r: ['mooring', '$admins'],
      $w: ['mooring', '$admins'],
      $mr: ['mooring'],
      $d: ['$admins'],
      $mw: ['$admins'],
    },
    system: DEFAULT_RIGHTS.system,
  };
  it('a service reads and writes, and neither deletes nor describes', () => {
    const may = (right: '$r' | '$w' | '$d' | '$mr' | '$mw') => hasRight(service, right, 's', undefined, closed);
    expect([may('$r'), may('$w'), may('$mr'), may('$d'), may('$mw')]).toEqual([true, true, true, false, false]);
  });

  it('another user has nothing', () => {
    expect(hasRight(who('stranger'), '$r', 's', undefined, closed)).toBe(false);
  });

  it("a stream's own list goes before them", () => {
    expect(hasRight(who('stranger'), '$r', 's', { $r: ['stranger'] }, closed)).toBe(true);
    expect(hasRight(service, '$r', '$all', { $r: ['mooring'] }, closed)).toBe(true);
    expect(hasRight(service, '$r', 's', { $r: [] }, closed)).toBe(false);
    expect(hasRight(admin, '$r', 's', { $r: [] }, closed)).toBe(true);
  });
});
