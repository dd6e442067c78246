import { hash } from 'node:crypto';
import { countOf, type Digest, type DigestBucket } from './digest.ts';

/** A whole digest in a few bytes: two sides have the same of a type when count and hash are equal. */
export interface DigestRoot {
  /** Objects of the type. */
  readonly count: number;
  /** The first 128 bits, in hex, of the SHA-256 of the digest as {@link packDigest} gives it. The same in every version. */
  readonly hash: string;
}

/** The number of a bucket, its xor and its count. */
const BUCKET_BYTES = 1 + 8 + 4;
const HEX_LENGTH = 32;

/** Bucket by bucket, ascending, empty ones left out: number (1 byte), xor (8) and count (4), big-endian, as PostgreSQL's `int8send` writes. */
export function packDigest(digest: Digest): Buffer {
  const buckets = [...digest].filter(([, { count }]) => count > 0).sort(([a], [b]) => a - b);
  const packed = Buffer.alloc(buckets.length * BUCKET_BYTES);
  for (const [index, [bucket, { xor, count }]] of buckets.entries()) {
    const start = index * BUCKET_BYTES;
    packed.writeUInt8(bucket, start);
    packed.writeBigInt64BE(xor, start + 1);
    packed.writeInt32BE(count, start + 9);
  }
  return packed;
}

/** What {@link packDigest} packed. Throws a RangeError for a length that it cannot have. */
export function unpackDigest(packed: Buffer): Digest {
  const digest = new Map<number, DigestBucket>();
  for (let start = 0; start < packed.length; start += BUCKET_BYTES) {
    const [xor, count] = [packed.readBigInt64BE(start + 1), packed.readInt32BE(start + 9)];
    digest.set(packed.readUInt8(start), { xor, count });
  }
  return digest;
}

/**
 * Equal for two digests when they have no bucket that differs, and only then. A hash over all buckets: were it their xor, what differs in one
 * could cancel out what differs in another, and a lost delete would never be found.
 */
export const rootOf = (digest: Digest): DigestRoot => ({
  count: countOf(digest),
  hash: hash('sha256', packDigest(digest), 'hex').slice(0, HEX_LENGTH),
});
