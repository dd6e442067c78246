import fc from 'fast-check';
import { createRunningDigest, differingBuckets, digestOf, type Digest } from './digest.ts';
import { packDigest, rootOf, unpackDigest } from './digest-root.ts';

const digestOfSet = (objects: Readonly<Record<string, string>>): Digest => {
  const running = createRunningDigest();
  for (const [uid, hash] of Object.entries(objects)) running.add(uid, digestOf(uid, hash));
  return running.read();
};
const anyObjects = fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), fc.constantFrom('1', '2', '3'));
const anyDigest: fc.Arbitrary<Digest> = fc
  .uniqueArray(
    fc.tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.record({
        xor: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        count: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      }),
    ),
    { selector: ([bucket]) => bucket, maxLength: 256 },
  )
  .map((buckets) => new Map(buckets));

describe('the root of a digest', () => {
  it('is equal for equal sets in whatever order they came to be, and differs for any two others', () => {
    fc.assert(
      fc.property(anyObjects, anyObjects, (ours, theirs) => {
        const isSame = JSON.stringify(Object.entries(ours).sort()) === JSON.stringify(Object.entries(theirs).sort());
        expect(rootOf(digestOfSet(ours)).hash === rootOf(digestOfSet(theirs)).hash).toBe(isSame);
        const reversed = Object.fromEntries(Object.entries(ours).reverse());
        expect(rootOf(digestOfSet(reversed))).toEqual(rootOf(digestOfSet(ours)));
      }),
    );
  });

  it('differs after any one object is lost, added or changed', () => {
    fc.assert(
      fc.property(anyObjects, fc.string({ minLength: 1, maxLength: 2 }), (objects, uid) => {
        const without = Object.fromEntries(Object.entries(objects).filter(([other]) => other !== uid));
        const roots = [without, { ...without, [uid]: '1' }, { ...without, [uid]: '2' }].map((each) =>
          rootOf(digestOfSet(each)),
        );
        expect(new Set(roots.map(({ hash }) => hash)).size).toBe(3);
      }),
    );
  });

  it('differs for any two digests of which a bucket does, also where the differences cancel each other out', () => {
    fc.assert(
      fc.property(anyDigest, anyDigest, fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (a, b, by) => {
        expect(rootOf(a).hash === rootOf(b).hash).toBe(differingBuckets(a, b).length === 0);
        const both = [...a.keys()].slice(0, 2);
        const cancelled = new Map(
          [...a].map(([bucket, each]) => [bucket, both.includes(bucket) ? { ...each, xor: each.xor ^ by } : each]),
        );
        expect(rootOf(cancelled).hash === rootOf(a).hash).toBe(both.length === 0);
        const renumbered = new Map([...a].map(([bucket, each]) => [(bucket + 1) % 256, each]));
        expect(rootOf(renumbered).hash === rootOf(a).hash).toBe(differingBuckets(renumbered, a).length === 0);
      }),
    );
  });

  it('is of a few bytes, and of what comes back from its packed form', () => {
    fc.assert(
      fc.property(anyDigest, (digest) => {
        expect(differingBuckets(unpackDigest(packDigest(digest)), digest)).toEqual([]);
        expect(packDigest(digest)).toHaveLength(13 * digest.size);
        expect(rootOf(digest).hash).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
    expect(() => unpackDigest(Buffer.alloc(14))).toThrow('out of range');
  });

  it('of nothing is that of nothing, whatever was there before', () => {
    const running = createRunningDigest();
    running.add('a', 5n);
    running.remove('a', 5n);
    expect(rootOf(running.read())).toEqual(rootOf(new Map()));
    expect(rootOf(new Map())).toMatchObject({ count: 0 });
  });
});
