import { hash } from 'node:crypto';

/** How many buckets a digest has: 256 of 16 bytes are 4 KB for a type of any size. */
export const DIGEST_BUCKETS = 256;

export interface DigestBucket {
  /** `digestOf` of every object of the bucket, xor-ed; signed, as PostgreSQL's `bit_xor(bigint)` gives it. */
  readonly xor: bigint;
  readonly count: number;
}

/** What one side has of a type: by bucket number, 0 to 255; empty buckets are left out. Two sides have the same when their digests are equal. */
export type Digest = ReadonlyMap<number, DigestBucket>;

/** The bucket of an object, 0 to 255: FNV-1a of its uid, folded to eight bits. The same in every version. */
export function bucketOf(uid: string): number {
  let folded = 0x811c9dc5;
  for (let index = 0; index < uid.length; index += 1)
    folded = Math.imul(folded ^ (uid.charCodeAt(index) & 0xff), 0x01000193);
  folded ^= folded >>> 16;
  return (folded ^ (folded >>> 8)) & 0xff;
}

/** 64 bits for one object with this content, signed: the start of the SHA-256 of `uid/hash`. The same in every version. */
export const digestOf = (uid: string, contentHash: string): bigint =>
  hash('sha256', `${uid}/${contentHash}`, 'buffer').readBigInt64BE(0);

/** Numbers of the buckets in which two sides differ, ascending. */
export function differingBuckets(ours: Digest, theirs: Digest): readonly number[] {
  const differs = (bucket: number): boolean => {
    const [a, b] = [ours.get(bucket), theirs.get(bucket)];
    return a?.xor !== b?.xor || a?.count !== b?.count;
  };
  return [...new Set([...ours.keys(), ...theirs.keys()])].filter(differs).sort((a, b) => a - b);
}

/** A digest that is kept up with every change, in constant time. */
export interface RunningDigest {
  /** Adds an object, or takes it away: the same operation but for the count. */
  add(uid: string, digest: bigint): void;
  remove(uid: string, digest: bigint): void;
  read(): Digest;
}

export function createRunningDigest(): RunningDigest {
  // Most types of most clusters have no object at all: no memory for those.
  let xors: BigInt64Array | undefined;
  let counts: Uint32Array | undefined;
  const move = (uid: string, digest: bigint, by: 1 | -1): void => {
    xors ??= new BigInt64Array(DIGEST_BUCKETS);
    counts ??= new Uint32Array(DIGEST_BUCKETS);
    const bucket = bucketOf(uid);
    xors[bucket] = (xors[bucket] ?? 0n) ^ digest;
    counts[bucket] = (counts[bucket] ?? 0) + by;
  };
  return {
    add: (uid, digest) => move(uid, digest, 1),
    remove: (uid, digest) => move(uid, digest, -1),
    read() {
      const digest = new Map<number, DigestBucket>();
      counts?.forEach((count, bucket) => {
        if (count > 0) digest.set(bucket, { xor: xors?.[bucket] ?? 0n, count });
      });
      return digest;
    },
  };
}

/** Of how many objects a digest is. */
export function countOf(digest: Digest): number {
  let sum = 0;
  for (const { count } of digest.values()) sum += count;
  return sum;
}
