import type { ConnectionView } from '@mooring/contracts';
import { ActionMenu } from '../components/action-menu.tsx';
import { Moment } from '../components/moment.tsx';
import { ReasonText } from '../components/reason-text.tsx';
import { StateChip } from '../components/state-chip.tsx';
import { ariaSort, nextSort } from '../model/connection-list.ts';
import { connectionHash } from '../model/route.ts';
import { usePage } from '../stores/context.ts';

interface SortHeadProps {
  readonly column: string;
  readonly label: string;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

const ARROWS = { ascending: '↑', descending: '↓', none: '' } as const;

const SortHead = ({ column, label, sort, onSort }: SortHeadProps) => {
  const direction = ariaSort(sort, column);
  return (
    <th scope="col" role="columnheader" class={`col-${column}`} aria-sort={direction}>
      <button type="button" class="sort" onClick={() => onSort(nextSort(sort, column))}>
        {label}
        <span class="sort-arrow" aria-hidden="true">
          {ARROWS[direction]}
        </span>
      </button>
    </th>
  );
};

/** A click anywhere on a row opens it, except on what has an effect of its own, and not at the end of selecting text. */
const opensRow = (event: MouseEvent): boolean =>
  event.target instanceof Element &&
  event.target.closest('a, button, summary, details, dialog') === null &&
  (getSelection()?.isCollapsed ?? true);

/** What a person decided about a cluster that is away stays decided; without a word about it, it would look undone. */
const keptIntent = ({ state, intent }: ConnectionView): string | undefined => {
  if (state !== 'disconnected' && state !== 'not_found') return undefined;
  if (intent === 'ignored') return 'Ignored: nobody is told, and it stays ignored when it comes back.';
  return intent === 'maintenance' ? 'In maintenance: nobody is told, and it stays so when it comes back.' : undefined;
};

function Row({ connection }: { connection: ConnectionView }) {
  const { router } = usePage();
  const { id, name, state, endpoint, clusterVersion, reason, changedAt } = connection;
  const kept = keptIntent(connection);
  return (
    <tr role="row" onClick={(event) => opensRow(event) && router.go({ view: 'connection', id })}>
      <td role="cell" class="col-state">
        <StateChip state={state} />
      </td>
      <th scope="row" role="rowheader" class="col-name">
        <a href={connectionHash(id)}>{name}</a>
        <span class="server">{endpoint.server}</span>
      </th>
      <td role="cell" class="col-version">
        {clusterVersion ?? <span class="muted">–</span>}
      </td>
      <td role="cell" class="col-reason">
        {kept === undefined ? null : <p class="muted">{kept}</p>}
        {reason === undefined ? null : <ReasonText reason={reason} />}
      </td>
      <td role="cell" class="col-changedAt">
        <Moment time={changedAt} />
      </td>
      <td role="cell" class="col-actions">
        <ActionMenu connection={connection} />
      </td>
    </tr>
  );
}

export interface ConnectionTableProps {
  readonly connections: readonly ConnectionView[];
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

// The roles repeat what the elements say: on narrow screens the table is laid out as cards, and some browsers then forget it.
export const ConnectionTable = ({ connections, sort, onSort }: ConnectionTableProps) => (
  <table role="table" class="connections">
    <caption class="for-readers">Connections</caption>
    <thead role="rowgroup">
      <tr role="row">
        <SortHead column="state" label="State" sort={sort} onSort={onSort} />
        <SortHead column="name" label="Name and server" sort={sort} onSort={onSort} />
        <SortHead column="version" label="Version" sort={sort} onSort={onSort} />
        <th scope="col" role="columnheader" class="col-reason">
          Reason and what to do
        </th>
        <SortHead column="changedAt" label="Since" sort={sort} onSort={onSort} />
        <th scope="col" role="columnheader" class="col-actions">
          <span class="for-readers">Actions</span>
        </th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      {connections.map((connection) => (
        <Row key={connection.id} connection={connection} />
      ))}
    </tbody>
  </table>
);
