import { useEffect, useState } from 'preact/hooks';
import { FileButton } from '../components/file-button.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { countsOf, shown } from '../model/connection-list.ts';
import type { Route } from '../model/route.ts';
import { counted } from '../model/time.ts';
import { usePage } from '../stores/context.ts';
import { useStore } from '../stores/use-store.ts';
import { ConnectionTable } from './connection-table.tsx';
import { EmptyConnections } from './empty-connections.tsx';
import { StateFilter } from './state-filter.tsx';

/** A table of thousands of rows is slow for everybody and read by nobody. */
const ROWS_AT_ONCE = 200;

type ConnectionsRoute = Extract<Route, { view: 'connections' }>;

export function Connections({ route }: { route: ConnectionsRoute }) {
  const { console, router } = usePage();
  const { value: rows, loaded, problem } = useStore(console.connections.rows);
  const [rowsMax, setRowsMax] = useState(ROWS_AT_ONCE);
  const wantsDeleted = route.states.includes('deleted');
  useEffect(() => {
    if (wantsDeleted) void console.connections.loadDeleted();
  }, [wantsDeleted]);
  const counts = countsOf(rows, route.search);
  const list = shown(rows, route);
  const change = (by: Partial<ConnectionsRoute>): void => router.replace({ ...route, ...by });
  const empty = loaded && ![...rows.values()].some(({ state }) => state !== 'deleted') && !wantsDeleted;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Connections</h1>
        {!empty && (
          <div class="head-tools">
            <input
              type="search"
              class="search"
              placeholder="Search name, server, version, reason"
              aria-label="Search connections"
              value={route.search}
              onInput={(event) => change({ search: event.currentTarget.value })}
            />
            <FileButton label="Import kubeconfig…" />
          </div>
        )}
      </div>
      {problem !== undefined && problem.status !== 401 && (
        <ProblemNote problem={problem}>
          <button type="button" onClick={() => void console.connections.reload()}>
            Try again
          </button>
        </ProblemNote>
      )}
      {!loaded && problem === undefined && <p class="muted loading">Reading the connections…</p>}
      {empty && <EmptyConnections />}
      {loaded && !empty && (
        <>
          <StateFilter counts={counts} chosen={route.states} onChange={(states) => change({ states })} />
          <p class="for-readers" role="status">
            {counted(list.length, 'connection')} shown
          </p>
          {list.length === 0 ? (
            <p class="nothing">
              No connection matches.{' '}
              <button type="button" onClick={() => change({ states: [], search: '' })}>
                Clear the filter
              </button>
            </p>
          ) : (
            <ConnectionTable
              connections={list.slice(0, rowsMax)}
              sort={route.sort}
              onSort={(sort) => change({ sort })}
            />
          )}
          {list.length > rowsMax && (
            <p class="more">
              <button type="button" onClick={() => setRowsMax(rowsMax + ROWS_AT_ONCE)}>
                Show more
              </button>{' '}
              <span class="muted">
                {rowsMax} of {counted(list.length, 'connection')}
              </span>
            </p>
          )}
        </>
      )}
    </>
  );
}
