import { withReaders } from './rights.ts';

describe('who may read $all', () => {
  it.each([
    [undefined, { $acl: { $r: ['$admins', 'mooring'] } }],
    [{ $acl: { $r: '$admins' } }, { $acl: { $r: ['$admins', 'mooring'] } }],
    [
      { $maxAge: 7, $acl: { $w: 'x', $r: ['auditors', 'mooring'] } },
      { $maxAge: 7, $acl: { $w: 'x', $r: ['auditors', 'mooring', '$admins'] } },
    ],
    [{ $acl: { $r: ['mooring', '$admins'] } }, { $acl: { $r: ['mooring', '$admins'] } }],
  ])('after %j: %j', (before, after) => {
    expect(withReaders(before, 'mooring')).toEqual(after);
  });
});
