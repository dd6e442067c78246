import type { KindStatusView } from '@mooring/contracts';
import { useState } from 'preact/hooks';
import { Mark } from '../components/mark.tsx';
import { Moment } from '../components/moment.tsx';
import { countedStates, groupOf, kindStateOf, lookOfKindState, shownKinds, troubleOf } from '../model/kinds.ts';

/** Fewer are seen at a glance, and need nothing to find one by. */
const FILTERED_FROM = 10;

interface KindFiltersProps {
  readonly kinds: readonly KindStatusView[];
  readonly state: string;
  readonly search: string;
  readonly onState: (state: string) => void;
  readonly onSearch: (search: string) => void;
}

const KindFilters = ({ kinds, state, search, onState, onSearch }: KindFiltersProps) => (
  <div class="kind-filters">
    <div class="filters" role="group" aria-label="Filter kinds by state">
      <button type="button" class="filter" aria-pressed={state === ''} onClick={() => onState('')}>
        All <span class="count">{shownKinds(kinds, { states: [], search }).length}</span>
      </button>
      {countedStates(kinds, search).map((counted) => {
        const { shape, tone, label } = lookOfKindState(counted.state);
        return (
          <button
            key={counted.state}
            type="button"
            class="filter"
            aria-pressed={state === counted.state}
            onClick={() => onState(state === counted.state ? '' : counted.state)}
          >
            <Mark shape={shape} tone={tone} />
            {label} <span class="count">{counted.count}</span>
          </button>
        );
      })}
    </div>
    <input
      type="search"
      placeholder="Kind or group"
      aria-label="Search kinds"
      value={search}
      onInput={(event) => onSearch(event.currentTarget.value)}
    />
  </div>
);

/** What is kept of a kind that cannot be followed may not be so any more. */
const KindAge = ({ kind: { staleSince, outdated } }: { kind: KindStatusView }) =>
  staleSince !== undefined && (
    <div class="muted small-text">
      Its objects are shown as they were known <Moment time={staleSince} />
      {outdated === true && ', so long ago that they are counted nowhere'}.
    </div>
  );

function KindRow({ kind }: { kind: KindStatusView }) {
  const look = lookOfKindState(kindStateOf(kind));
  const group = groupOf(kind);
  return (
    <tr>
      <th scope="row">
        {kind.kind}
        {group !== '' && <div class="muted small-text">{group}</div>}
      </th>
      <td>
        <Mark shape={look.shape} tone={look.tone} /> {look.label}
        {kind.since !== undefined && (
          <span class="muted small-text">
            {' '}
            since <Moment time={kind.since} />
          </span>
        )}
        {troubleOf(kind).map((sentence) => (
          <div key={sentence} class="muted small-text">
            {sentence}
          </div>
        ))}
        <KindAge kind={kind} />
      </td>
      <td class="number">{kind.objects.toLocaleString('en-GB')}</td>
    </tr>
  );
}

/** Each kind of a cluster with how it is watched; hundreds of them are found by state and by name. */
export function Kinds({ kinds, objects }: { kinds: readonly KindStatusView[]; objects: number }) {
  const [state, setState] = useState('');
  const [search, setSearch] = useState('');
  const shown = shownKinds(kinds, { states: state === '' ? [] : [state], search });
  return (
    <>
      {kinds.length >= FILTERED_FROM && (
        <KindFilters kinds={kinds} state={state} search={search} onState={setState} onSearch={setSearch} />
      )}
      {/* What scrolls must be reachable with the keyboard. */}
      <div class="scrolls kinds-box" role="region" aria-label="Kinds of the cluster" tabIndex={0}>
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
            {shown.map((kind) => (
              <KindRow key={kind.type} kind={kind} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All</th>
              <td>{shown.length === 0 && <span class="muted">No kind matches.</span>}</td>
              <td class="number">{objects.toLocaleString('en-GB')}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </>
  );
}
