import { DIGEST_BUCKETS, differingBuckets } from './digest.ts';
import { rootOf, type DigestRoot } from './digest-root.ts';
import type { GroupResource } from './resource-type.ts';
import type { Placing, TypeHoldings } from './type-holdings.ts';
import type { KnownState } from './watch-options.ts';

/** More than this waits for no digest: all that is known of the type is asked for, and what differs flows on. */
const UNDECIDED_OBJECTS_MAX = 30_000;
const UNDECIDED_BYTES_MAX = 32 * 1024 * 1024;

const ALL_BUCKETS: readonly number[] = [...Array(DIGEST_BUCKETS).keys()];

/** What the sink had before the watch began, as far as it was not compared yet. */
export interface Knowledge {
  /** Types that are still to be compared, or to be deleted. */
  types(): readonly GroupResource[];
  has(type: GroupResource): boolean;
  count(type: GroupResource): number;
  /** Whether so much waits to be compared that it has to be done now. */
  isTooMuch(holdings: TypeHoldings): boolean;
  /**
   * Compares, and asks for what differs: nothing where the roots are equal, else the digest, then the objects of the buckets that differ;
   * `all` of them where the first state is not in yet. Nothing of the type may change meanwhile. Afterwards the type is known no longer here.
   */
  decide(type: GroupResource, holdings: TypeHoldings, placing: Placing, all: boolean): Promise<void>;
  /**
   * Asks in which namespaces that lies which is left over of a type that was decided, once each time a scope of it was retired; does nothing where
   * nobody can be asked. Everything of the type has to be accepted by the sink, and nothing of it may change meanwhile.
   */
  placeLeftOver(type: GroupResource, holdings: TypeHoldings, placing: Placing): Promise<void>;
}

export function createKnowledge(
  roots: ReadonlyMap<GroupResource, DigestRoot>,
  known: Pick<KnownState, 'digest' | 'objects'> | undefined,
): Knowledge {
  const open = new Map(roots);
  return {
    types: () => [...open.keys()],
    has: (type) => open.has(type),
    count: (type) => open.get(type)?.count ?? 0,
    isTooMuch({ undecided }) {
      if (undecided === undefined) return false;
      return undecided.objects > UNDECIDED_OBJECTS_MAX || undecided.bytes > UNDECIDED_BYTES_MAX;
    },
    async decide(type, holdings, placing, all) {
      const root = open.get(type);
      if (known === undefined || root === undefined) return;
      const buckets = all ? ALL_BUCKETS : await bucketsToAsk(type, holdings, root, known);
      await holdings.decide(buckets, buckets.length === 0 ? nothing() : known.objects(type, buckets), placing);
      open.delete(type);
    },
    async placeLeftOver(type, holdings, placing) {
      const buckets = holdings.unplacedBuckets();
      if (known === undefined || open.has(type) || buckets.length === 0) return;
      await holdings.placeLeftOver(known.objects(type, buckets), placing);
    },
  };
}

async function bucketsToAsk(
  type: GroupResource,
  holdings: TypeHoldings,
  root: DigestRoot,
  known: Pick<KnownState, 'digest'>,
): Promise<readonly number[]> {
  const ours = holdings.digest();
  return rootOf(ours).hash === root.hash ? [] : differingBuckets(ours, await known.digest(type));
}

async function* nothing(): AsyncGenerator<never> {
  // Both sides have the same.
}
