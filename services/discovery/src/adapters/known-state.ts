import {
  unpackDigest,
  type Digest,
  type DigestRoot,
  type GroupResource,
  type KnownState,
} from '@mooring/cluster-watch';
import type { Database } from '@mooring/read-model';
import { sql } from 'kysely';
import type { DiscoveryDatabase } from './tables.ts';

const PAGE = 5_000;

/**
 * What the inventory has of a cluster: as digests computed from the rows themselves, and page by page what is in some buckets,
 * with the namespaces in which that lies.
 */
export const knownState = (db: Database<DiscoveryDatabase>, connectionId: string): KnownState => ({
  roots: () => rootsOfRows(db, connectionId),
  digest: (type) => digestOfRows(db, connectionId, type),
  async *objects(type, buckets) {
    if (buckets.length === 0) return;
    for (let after = { bucket: -1, uid: '' }; ;) {
      const page = await db
        .selectFrom('resource')
        .select(['bucket', 'uid', 'hash', 'namespace', 'name'])
        .where('connection_id', '=', connectionId)
        .where('type', '=', type)
        .where('bucket', 'in', buckets)
        .where(sql<boolean>`(bucket, uid) > (${after.bucket}::smallint, ${after.uid}::text)`)
        .orderBy('bucket')
        .orderBy('uid')
        .limit(PAGE)
        .execute();
      for (const { uid, hash, ...place } of page) {
        const namespace = type === 'namespaces' ? place.name : place.namespace;
        yield { type, uid, hash, ...(namespace === '' ? {} : { namespace }) };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last;
    }
  },
});

/** The digest of each type as `packDigest` of the library packs it. */
const packedDigests = (connectionId: string, type?: GroupResource) => sql`
  select type, sum(count)::integer as count,
    string_agg(substr(int2send(bucket), 2) || int8send(xor_of) || int4send(count), ''::bytea order by bucket) as packed
  from (
    select type, bucket, bit_xor(digest) as xor_of, count(*)::integer as count from resource
    where connection_id = ${connectionId}::uuid ${type === undefined ? sql`` : sql`and type = ${type}::text`}
    group by type, bucket
  ) as buckets group by type`;

async function rootsOfRows(
  db: Database<DiscoveryDatabase>,
  connectionId: string,
): Promise<ReadonlyMap<GroupResource, DigestRoot>> {
  const { rows } = await sql<DigestRoot & { readonly type: string }>`
    select type, count, left(encode(sha256(packed), 'hex'), 32) as hash
    from (${packedDigests(connectionId)}) as digests`.execute(db);
  return new Map(rows.map(({ type, count, hash }) => [type, { count, hash }]));
}

async function digestOfRows(
  db: Database<DiscoveryDatabase>,
  connectionId: string,
  type: GroupResource,
): Promise<Digest> {
  const { rows } = await sql<{ readonly packed: string }>`
    select encode(packed, 'base64') as packed from (${packedDigests(connectionId, type)}) as digests`.execute(db);
  return unpackDigest(Buffer.from(rows[0]?.packed ?? '', 'base64'));
}
