import type { ClusterView, KindStatusView, TierView } from '@mooring/contracts';
import { Mark } from '../components/mark.tsx';
import { Moment } from '../components/moment.tsx';
import { ReasonText } from '../components/reason-text.tsx';
import { lookOfTier, TIER_WORDS } from '../model/kinds.ts';
import { placeLines } from '../model/place.ts';
import { counted } from '../model/time.ts';
import { Kinds } from './kinds.tsx';

const WATCH_WORDS: Readonly<Record<string, string>> = {
  resting: 'Resting: nobody asks to watch it',
  looking: 'Looking now and then whether it is there',
  connecting: 'Connecting',
  snapshot: 'Taking the first snapshot',
  live: 'Live: changes flow',
  away: 'Away: trying again',
};

/** What, where and what it can do, as far as the cluster or its nodes say. */
function Place({ cluster }: { cluster: ClusterView }) {
  const { apiGroups = [] } = cluster;
  return (
    <>
      {placeLines(cluster).map((line) => (
        <p key={line}>{line}</p>
      ))}
      {apiGroups.length > 0 && (
        <details>
          <summary>{counted(apiGroups.length, 'API group')}</summary>
          <p class="muted small-text">{apiGroups.join(', ')}</p>
        </details>
      )}
    </>
  );
}

function Tier({ tier, kinds }: { tier: TierView; kinds: readonly KindStatusView[] }) {
  const { shape, tone, missing } = lookOfTier(tier, kinds);
  return (
    <li>
      <Mark shape={shape} tone={tone} /> {TIER_WORDS[tier.tier]}:{' '}
      <span class="muted">
        {tier.reachedAt === undefined ? (
          'not yet'
        ) : (
          <>
            since <Moment time={tier.reachedAt} />
          </>
        )}
      </span>
      {missing !== undefined && `, ${missing}`}
    </li>
  );
}

/** How far the knowledge of a cluster goes, tier by tier, and what is missing of it. */
const Tiers = ({ cluster: { tiers, kinds } }: { cluster: ClusterView }) => (
  <ol class="tiers" aria-label="What is known of the cluster">
    {tiers.map((tier) => (
      <Tier key={tier.tier} tier={tier} kinds={kinds} />
    ))}
  </ol>
);

/** What is shown may not be so any more. */
const Staleness = ({ since, outdated }: { since: string; outdated: boolean }) => (
  <p class="stale">
    <Mark shape="diamond" tone="care" /> Nothing newer is known than <Moment time={since} />
    {outdated && ': so old that it is counted nowhere'}.
  </p>
);

/** How the watching of one cluster stands: tier by tier, and kind by kind. */
export const Cluster = ({ cluster }: { cluster: ClusterView }) => (
  <>
    <p class="muted">
      {WATCH_WORDS[cluster.watch] ?? cluster.watch}.{' '}
      {cluster.lastSeenAt !== undefined && (
        <>
          Last seen <Moment time={cluster.lastSeenAt} />.
        </>
      )}
    </p>
    {cluster.reason !== undefined && <ReasonText reason={cluster.reason} />}
    {cluster.staleSince !== undefined && <Staleness since={cluster.staleSince} outdated={cluster.outdated} />}
    <Place cluster={cluster} />
    <Tiers cluster={cluster} />
    {cluster.kinds.length > 0 && <Kinds kinds={cluster.kinds} objects={cluster.objects} />}
  </>
);
