import {
  bucketOf,
  digestOf,
  rootOf,
  type Digest,
  type DigestBucket,
  type KnownObject,
  type KnownState,
} from '@mooring/cluster-watch';

export interface TestedKnownState extends KnownState {
  /** What was asked for: the type, and how many buckets of it. */
  readonly asked: readonly { readonly type: string; readonly buckets: number; readonly objects: number }[];
  /** The types of which the digest was asked for. */
  readonly digestsAsked: readonly string[];
}

/** What a sink that keeps everything answers after a restart. */
export function knownStateOf(known: readonly KnownObject[]): TestedKnownState {
  const asked: { type: string; buckets: number; objects: number }[] = [];
  const digestsAsked: string[] = [];
  return {
    asked,
    digestsAsked,
    roots: () => Promise.resolve(new Map([...digestsOf(known)].map(([type, digest]) => [type, rootOf(digest)]))),
    digest(type) {
      digestsAsked.push(type);
      return Promise.resolve(digestsOf(known).get(type) ?? new Map());
    },
    async *objects(type, buckets) {
      const found = known.filter((each) => each.type === type && buckets.includes(bucketOf(each.uid)));
      asked.push({ type, buckets: buckets.length, objects: found.length });
      yield* await Promise.resolve(found);
    },
  };
}

export function digestsOf(known: readonly KnownObject[]): ReadonlyMap<string, Digest> {
  const digests = new Map<string, Map<number, DigestBucket>>();
  for (const { type, uid, hash } of known) {
    const digest = digests.get(type) ?? new Map<number, DigestBucket>();
    const { xor, count } = digest.get(bucketOf(uid)) ?? { xor: 0n, count: 0 };
    digests.set(type, digest.set(bucketOf(uid), { xor: xor ^ digestOf(uid, hash), count: count + 1 }));
  }
  return digests;
}
