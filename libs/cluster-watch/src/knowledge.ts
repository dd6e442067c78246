import { DIGEST_BUCKETS, countOf, differingBuckets, type Digest } from './digest.ts';
import type { GroupResource } from './resource-type.ts';
import type { TypeHoldings } from './type-holdings.ts';
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
  /** Compares, and asks for what differs; `all` where the first state is not in yet. Afterwards the type is known no longer here. */
  decide(type: GroupResource, holdings: TypeHoldings, all: boolean): Promise<void>;
}

export function createKnowledge(digests: ReadonlyMap<GroupResource, Digest>, known: KnownState | undefined): Knowledge {
  const open = new Map(digests);
  return {
    types: () => [...open.keys()],
    has: (type) => open.has(type),
    count: (type) => countOf(open.get(type) ?? new Map()),
    isTooMuch({ undecided }) {
      if (undecided === undefined) return false;
      return undecided.objects > UNDECIDED_OBJECTS_MAX || undecided.bytes > UNDECIDED_BYTES_MAX;
    },
    async decide(type, holdings, all) {
      const theirs = open.get(type);
      if (known === undefined || theirs === undefined) return;
      const buckets = all ? ALL_BUCKETS : differingBuckets(holdings.digest(), theirs);
      await holdings.decide(buckets, buckets.length === 0 ? nothing() : known.objects(type, buckets));
      open.delete(type);
    },
  };
}

async function* nothing(): AsyncGenerator<never> {
  // Both sides have the same.
}
