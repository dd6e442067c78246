import type { ClusterView } from '@mooring/contracts';
import { Mark } from '../components/mark.tsx';
import { Moment } from '../components/moment.tsx';
import { ReasonText } from '../components/reason-text.tsx';
import type { Shape, Tone } from '../model/states.ts';

const KIND_LOOKS: Readonly<Record<string, { shape: Shape; tone: Tone; label: string }>> = {
  watching: { shape: 'dot', tone: 'good', label: 'Watching' },
  listing: { shape: 'half', tone: 'progress', label: 'Listing' },
  forbidden: { shape: 'slash', tone: 'care', label: 'Forbidden' },
  missing: { shape: 'ring', tone: 'quiet', label: 'Not served' },
  failing: { shape: 'triangle', tone: 'bad', label: 'Failing' },
};

const WATCH_WORDS: Readonly<Record<string, string>> = {
  resting: 'Resting: nobody asks to watch it',
  looking: 'Looking now and then whether it is there',
  connecting: 'Connecting',
  snapshot: 'Taking the first snapshot',
  live: 'Live: changes flow',
  away: 'Away: trying again',
};

/** How the watching of one cluster stands, kind by kind. */
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
    {cluster.kinds.length > 0 && (
      <table class="kinds">
        <caption class="for-readers">Kinds of resources and how they are watched</caption>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Watch</th>
            <th scope="col" class="number">
              Objects
            </th>
          </tr>
        </thead>
        <tbody>
          {cluster.kinds.map(({ kind, state, reason, objects }) => {
            const look = KIND_LOOKS[state] ?? { shape: 'ring', tone: 'quiet', label: state };
            return (
              <tr key={kind}>
                <th scope="row">{kind}</th>
                <td>
                  <Mark shape={look.shape} tone={look.tone} /> {look.label}
                  {reason !== undefined && <div class="muted small-text">{reason}</div>}
                </td>
                <td class="number">{objects.toLocaleString('en-GB')}</td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td />
            <td class="number">{cluster.objects.toLocaleString('en-GB')}</td>
          </tr>
        </tfoot>
      </table>
    )}
  </>
);
