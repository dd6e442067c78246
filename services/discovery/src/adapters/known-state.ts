import type { Digest, DigestBucket, GroupResource, KnownState } from '@mooring/cluster-watch';
import type { Database } from '@mooring/read-model';
import { sql } from 'kysely';
import type { DiscoveryDatabase } from './tables.ts';

const PAGE = 5_000;

/** What the inventory has of a cluster: as a digest computed from the rows themselves, and page by page what is in some buckets. */
export const knownState = (db: Database<DiscoveryDatabase>, connectionId: string): KnownState => ({
  digest: () => digestOfRows(db, connectionId),
  async *objects(type, buckets) {
    if (buckets.length === 0) return;
    for (let after = { bucket: -1, uid: '' }; ;) {
      const page = await db
        .selectFrom('resource')
        .select(['bucket', 'uid', 'hash'])
        .where('connection_id', '=', connectionId)
        .where('type', '=', type)
        .where('bucket', 'in', buckets)
        .where(sql<boolean>`(bucket, uid) > (${after.bucket}::smallint, ${after.uid}::text)`)
        .orderBy('bucket')
        .orderBy('uid')
        .limit(PAGE)
        .execute();
      for (const { uid, hash } of page) yield { type, uid, hash };
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last;
    }
  },
});

async function digestOfRows(
  db: Database<DiscoveryDatabase>,
  connectionId: string,
): Promise<ReadonlyMap<GroupResource, Digest>> {
  const { rows } = await sql<{ type: string; bucket: number } & DigestBucket>`
    select type, bucket, bit_xor(digest) as xor, count(*)::integer as count from resource
    where connection_id = ${connectionId}::uuid group by type, bucket`.execute(db);
  const digests = new Map<GroupResource, Map<number, DigestBucket>>();
  for (const { type, bucket, xor, count } of rows) {
    const known = digests.get(type) ?? new Map<number, DigestBucket>();
    digests.set(type, known.set(bucket, { xor, count }));
  }
  return digests;
}
