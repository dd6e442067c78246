import {
  bucketOf,
  watchCluster,
  type ClusterSink,
  type Digest,
  type GroupResource,
  rootOf,
  type DigestRoot,
  type KnownObject,
  type KnownState,
  type SnapshotSummary,
} from '@mooring/cluster-watch';
import { serve, type Exchange, type Known, type Way } from './contestant.ts';

/** The library beside somebody who keeps what it said: a watch that ends, and another one that is given what is known. */

const known = new Map<string, KnownObject>();
let digests: ReadonlyMap<GroupResource, Digest> = new Map();
let way: Way | undefined;

/** As it would travel. */
const bytesOf = (roots: ReadonlyMap<GroupResource, DigestRoot>): number => JSON.stringify([...roots]).length;

/** As it would travel: bucket, xor and count of each bucket. */
const bytesOfDigest = (digest: Digest): number =>
  JSON.stringify([...digest].map(([bucket, { xor, count }]) => [bucket, BigInt.asUintN(64, xor).toString(36), count]))
    .length;

/** Watches until everything is known, then ends. */
async function watchOnce(target: Way, given: KnownState | undefined): Promise<Known & { readonly changes: number }> {
  const startedAt = performance.now();
  const complete = Promise.withResolvers<SnapshotSummary>();
  let changes = 0;
  const sink: ClusterSink = {
    onIdentity: () => undefined,
    onTier: () => undefined,
    onKindStatus: () => undefined,
    onChanges(batch) {
      changes += batch.length;
      for (const change of batch) {
        if (change.op === 'delete') known.delete(change.uid);
        else known.set(change.record.uid, { type: change.type, uid: change.record.uid, hash: change.hash });
      }
    },
    onSnapshotComplete: (summary) => complete.resolve(summary),
    onLinkLost: ({ refusal }) => complete.reject(new Error(`the link was lost: ${refusal.message}`)),
    onLinkRestored: () => undefined,
  };
  const access = { server: target.server, caPem: target.caPem, auth: { kind: 'token', token: target.token } } as const;
  await using watch = watchCluster({ access, ...(given !== undefined && { known: given }) }, sink);
  watch.finished.catch((error: unknown) => complete.reject(error instanceof Error ? error : new Error(String(error))));
  const { kinds, objects } = await complete.promise;
  const ms = performance.now() - startedAt;
  digests = new Map(Object.keys(kinds).map((type) => [type, watch.digest(type)]));
  return { ms, objects, changes };
}

serve(
  async (go) => {
    way = go.way;
    return watchOnce(way, undefined);
  },
  async () => {
    if (way === undefined) throw new Error('nothing is known yet');
    const roots = new Map([...digests].map(([type, digest]) => [type, rootOf(digest)]));
    const exchange = { digestBytes: bytesOf(roots), objectsAsked: 0, ms: 0 };
    const timed = <T>(work: () => T): T => {
      const startedAt = performance.now();
      try {
        return work();
      } finally {
        exchange.ms += performance.now() - startedAt;
      }
    };
    const given: KnownState = {
      roots: () => Promise.resolve(timed(() => roots)),
      digest(type) {
        const digest = digests.get(type) ?? new Map<number, never>();
        exchange.digestBytes += bytesOfDigest(digest);
        return Promise.resolve(digest);
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- what is kept in memory is there at once
      async *objects(type, buckets) {
        const wanted = new Set(buckets);
        const found = timed(() =>
          [...known.values()].filter((each) => each.type === type && wanted.has(bucketOf(each.uid))),
        );
        exchange.objectsAsked += found.length;
        yield* found;
      },
    };
    const { changes, ...result } = await watchOnce(way, given);
    return { ...result, exchange: { ...exchange, changes } satisfies Exchange };
  },
);
