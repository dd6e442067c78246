import { identityInPrefix, identityOf } from './object-identity.ts';

describe('who an object is', () => {
  const metadata = '"metadata":{"name":"huge","namespace":"shop","uid":"u-1","resourceVersion":"7"';

  it('is what its metadata says, of the start of a line or an item as well', () => {
    const huge = { uid: 'u-1', namespace: 'shop', name: 'huge' };
    expect(identityOf({ metadata: huge })).toEqual(huge);
    expect(identityInPrefix(`{${metadata},"annotations":{"text":"xxxx`)).toEqual(huge);
    expect(identityInPrefix(`{"type":"ADDED","object":{"kind":"Pod",${metadata}},"spec":{"a":[1,{"b":`)).toEqual(huge);
  });

  it('is not what anything else in it says', () => {
    const owner = '"ownerReferences":[{"kind":"App","name":"owner","uid":"u-owner"}]';
    expect(identityInPrefix(`{"apiVersion":"v1","metadata":{"name":"mine",${owner},"uid":"u-2"},"spec":"xx`)).toEqual({
      name: 'mine',
      uid: 'u-2',
    });
    const annotations = '"annotations":{"metadata":"{\\"uid\\":\\"no\\"}","uid":"no","metadata.uid":"no"}';
    expect(identityInPrefix(`{"metadata":{${annotations},"name":"mine"},"spec":{"metadata":{"uid":"no"}}}`)).toEqual({
      name: 'mine',
    });
    expect(identityInPrefix(`{"metadata":{"annotations":{"last":"{\\"metadata\\":{\\"uid\\":\\"no\\"`)).toEqual({});
    for (const text of ['', '{', '[]', '}}:', '<html>', '{"metadata":{"uid":7,"name":"\\x"}}'])
      expect(identityInPrefix(text)).toEqual({});
  });

  it('is no longer than names may be, and without control characters', () => {
    expect(identityOf({ metadata: { uid: 'x'.repeat(1000), name: 'a\u0000b' } })).toEqual({
      uid: 'x'.repeat(253),
      name: 'ab',
    });
  });
});
