import type { ClusterTier, KindStatusView, TierView } from '@mooring/contracts';
import type { Shape, Tone } from './states.ts';
import { counted } from './time.ts';

export interface KindLook {
  readonly label: string;
  readonly shape: Shape;
  readonly tone: Tone;
}

/** The order is the one of urgency: what keeps the picture of a cluster from being whole comes first. */
const LOOKS = {
  failing: { label: 'Failing', shape: 'triangle', tone: 'bad' },
  forbidden: { label: 'Forbidden', shape: 'slash', tone: 'care' },
  incomplete: { label: 'Incomplete', shape: 'diamond', tone: 'care' },
  missing: { label: 'Not served', shape: 'ring', tone: 'quiet' },
  listing: { label: 'Listing', shape: 'half', tone: 'progress' },
  watching: { label: 'Watching', shape: 'dot', tone: 'good' },
  removed: { label: 'No longer watched', shape: 'cross', tone: 'quiet' },
} as const satisfies Readonly<Record<string, KindLook>>;

export const KIND_STATES = Object.keys(LOOKS) as readonly (keyof typeof LOOKS)[];

/** A state this page does not know (a newer server) is shown by its own name, quietly. */
export const lookOfKindState = (state: string): KindLook =>
  Object.hasOwn(LOOKS, state) ? LOOKS[state as keyof typeof LOOKS] : { label: state, shape: 'ring', tone: 'quiet' };

/** What the page calls the state of a kind: one that is watched and of which objects were left out is `incomplete`. */
export const kindStateOf = ({ state, leftOut }: KindStatusView): string =>
  state === 'watching' && leftOut > 0 ? 'incomplete' : state;

/** The group of `gateways.networking.istio.io`; empty for the core group. */
export const groupOf = ({ type }: KindStatusView): string =>
  type.includes('.') ? type.slice(type.indexOf('.') + 1) : '';

/** Kinds to choose from, by type; with their group where another has the same name. Those that nothing is known of are left out. */
export function choicesOf(
  kinds: readonly KindStatusView[],
): readonly { readonly value: string; readonly label: string }[] {
  const known = kinds.filter(({ objects }) => objects > 0);
  const named = Map.groupBy(known, ({ kind }) => kind);
  return known
    .map((kind) => ({
      value: kind.type,
      label: (named.get(kind.kind)?.length ?? 0) > 1 ? `${kind.kind} (${groupOf(kind) || 'core'})` : kind.kind,
    }))
    .sort((one, other) => one.label.localeCompare(other.label, 'en'));
}

export interface KindFilter {
  /** Empty: all. */
  readonly states: readonly string[];
  /** Part of a kind or type, in any case. */
  readonly search: string;
}

const rankOf = (kind: KindStatusView): number => {
  const rank = (KIND_STATES as readonly string[]).indexOf(kindStateOf(kind));
  return rank === -1 ? KIND_STATES.length : rank;
};

const found = ({ kind, type }: KindStatusView, search: string): boolean =>
  `${kind} ${type}`.toLowerCase().includes(search.trim().toLowerCase());

/** What the table shows: what needs somebody first, what there is none of last, then by kind. */
export const shownKinds = (
  kinds: readonly KindStatusView[],
  { states, search }: KindFilter,
): readonly KindStatusView[] =>
  kinds
    .filter((kind) => found(kind, search) && (states.length === 0 || states.includes(kindStateOf(kind))))
    .sort(
      (one, other) =>
        rankOf(one) - rankOf(other) ||
        Number(one.objects === 0) - Number(other.objects === 0) ||
        one.kind.localeCompare(other.kind, 'en') ||
        one.type.localeCompare(other.type, 'en'),
    );

/** How many kinds are in each state, in the order of urgency, of those that the search finds. */
export function countedStates(
  kinds: readonly KindStatusView[],
  search: string,
): readonly { readonly state: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const kind of shownKinds(kinds, { states: [], search }))
    counts.set(kindStateOf(kind), (counts.get(kindStateOf(kind)) ?? 0) + 1);
  return [...counts].map(([state, count]) => ({ state, count }));
}

/** Why and what is missing of a kind, in a sentence each; nothing for one that is well. */
export const troubleOf = ({ reason, leftOut }: KindStatusView): readonly string[] => [
  ...(reason === undefined ? [] : [reason]),
  ...(leftOut === 0 ? [] : [`${leftOut.toLocaleString('en-GB')} ${leftOut === 1 ? 'object' : 'objects'} left out.`]),
];

export const TIER_WORDS: Readonly<Record<ClusterTier, string>> = {
  identity: 'Who the cluster is',
  workloads: 'Namespaces, nodes and workloads',
  everything: 'Everything selected',
};

export interface TierLook {
  readonly shape: Shape;
  readonly tone: Tone;
  /** What is missing of it, in words; absent where nothing is. */
  readonly missing?: string;
}

const UNREAD: ReadonlySet<string> = new Set(['failing', 'forbidden', 'missing']);

/**
 * A tier is reached when there is nothing more to wait for, so also when kinds of it cannot be read: then it is not whole, and must not look so.
 * Everything that is selected is more than the last tier's own kinds: those of the tiers before are of it.
 */
export function lookOfTier({ tier, reachedAt }: TierView, kinds: readonly KindStatusView[]): TierLook {
  const unread = kinds.filter((kind) => UNREAD.has(kind.state) && (tier === 'everything' || kind.tier === tier)).length;
  const { shape, tone } = unread > 0 ? LOOKS.incomplete : LOOKS.watching;
  return {
    ...(reachedAt === undefined ? { shape: 'ring', tone: 'quiet' } : { shape, tone }),
    ...(unread === 0 ? {} : { missing: `${counted(unread, 'kind')} cannot be read` }),
  };
}
