import fc from 'fast-check';
import { withoutManagedFields } from './managed-fields.ts';

describe('leaving managed fields out of JSON', () => {
  it('takes them away and nothing else, whatever they and the rest hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), fc.jsonValue(), (before, managedFields, after) => {
        const json = JSON.stringify({ before, metadata: { name: 'x', managedFields, after }, after });
        const expected = { before, metadata: { name: 'x', managedFields: [], after }, after };
        expect(JSON.parse(withoutManagedFields(json))).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  it('leaves what only looks like them', () => {
    for (const value of [
      { annotations: { last: '{"metadata":{"managedFields":[{"a":"]"}]}}' } },
      { managedFields: 'no list' },
      { name: 'managedFields' },
      '"managedFields":[',
    ])
      expect(withoutManagedFields(JSON.stringify(value))).toBe(JSON.stringify(value));
  });

  it('leaves what ends in the middle', () => {
    for (const cut of ['{"managedFields":[{"a":1}', '{"managedFields":["x', '{"managedFields":["x\\"]}'])
      expect(withoutManagedFields(cut)).toBe(cut);
  });
});
