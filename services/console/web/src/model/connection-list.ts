import type { ConnectionView } from '@mooring/contracts';
import { STATES } from './states.ts';

export type ConnectionRows = ReadonlyMap<string, ConnectionView>;

/** A later revision wins, whichever answer comes last: answers of a list and of one connection may overtake each other. */
export function withRows(rows: ConnectionRows, arrived: readonly ConnectionView[]): ConnectionRows {
  const fresh = arrived.filter((row) => {
    const known = rows.get(row.id);
    return known === undefined || BigInt(known.revision) <= BigInt(row.revision);
  });
  return fresh.length === 0 ? rows : new Map([...rows, ...fresh.map((row) => [row.id, row] as const)]);
}

/** Without one that is no more: it gave way to another for the same cluster, or nobody knows it. */
export function withoutRow(rows: ConnectionRows, id: string): ConnectionRows {
  return rows.has(id) ? new Map([...rows].filter(([other]) => other !== id)) : rows;
}

/** What a complete list says replaces what was known, save rows that are newer than the list. */
export function replacedBy(rows: ConnectionRows, complete: readonly ConnectionView[]): ConnectionRows {
  return withRows(new Map([...rows].filter(([id]) => complete.some((row) => row.id === id))), complete);
}

export interface ConnectionFilter {
  /** Empty: every state but deleted. */
  readonly states: readonly string[];
  readonly search: string;
  readonly sort: string;
}

const haystack = (row: ConnectionView): string =>
  [row.name, row.endpoint.server, row.endpoint.context, row.clusterVersion, row.clusterUid, row.id, row.reason?.message]
    .join(' ')
    .toLowerCase();

const found = (row: ConnectionView, search: string): boolean => {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const text = words.length === 0 ? '' : haystack(row);
  return words.every((word) => text.includes(word));
};

const inStates = (row: ConnectionView, states: readonly string[]): boolean =>
  states.length === 0 ? row.state !== 'deleted' : states.includes(row.state);

const byName = (one: ConnectionView, other: ConnectionView): number =>
  one.name.localeCompare(other.name, 'en', { numeric: true, sensitivity: 'base' }) || (one.id < other.id ? -1 : 1);

/** Away as somebody decided: withdrawn by a person, or to be left alone also when it comes back. */
const isAwayByDecision = ({ state, intent, reason }: ConnectionView): boolean =>
  (state === 'disconnected' || state === 'not_found') &&
  (intent === 'ignored' || intent === 'maintenance' || reason?.code === 'withdrawn');

/** What needs a person comes first; what is away and shall be, with what is left alone. */
const urgency = (row: ConnectionView): number =>
  isAwayByDecision(row) ? STATES.indexOf('ignored') + 0.5 : STATES.indexOf(row.state);

const ORDERS: Readonly<Record<string, (one: ConnectionView, other: ConnectionView) => number>> = {
  name: byName,
  state: (one, other) => urgency(one) - urgency(other) || byName(one, other),
  version: (one, other) =>
    (one.clusterVersion ?? '').localeCompare(other.clusterVersion ?? '', 'en', { numeric: true }) || byName(one, other),
  // Ascending is "since when" read downwards: the latest change on top would be `-enteredAt` of a log; here the oldest is first.
  changedAt: (one, other) => one.changedAt.localeCompare(other.changedAt) || byName(one, other),
};

/** What the table shows, in its order: the words of `search` must all occur, in any order and case. */
export function shown(rows: ConnectionRows, filter: ConnectionFilter): readonly ConnectionView[] {
  const order = ORDERS[filter.sort.replace(/^-/, '')] ?? byName;
  const list = [...rows.values()].filter((row) => inStates(row, filter.states) && found(row, filter.search));
  const sorted = list.sort(order);
  return filter.sort.startsWith('-') ? sorted.reverse() : sorted;
}

/** How many there are of each state among those the search finds; `all` counts all but deleted ones. */
export function countsOf(
  rows: ConnectionRows,
  search: string,
): Readonly<Record<string, number>> & { readonly all: number } {
  const counts: Record<string, number> & { all: number } = { all: 0 };
  for (const row of rows.values()) {
    if (!found(row, search)) continue;
    counts[row.state] = (counts[row.state] ?? 0) + 1;
    if (row.state !== 'deleted') counts.all += 1;
  }
  return counts;
}

/** The sort a click on a column's head leads to: ascending first, then the other way round. */
export const nextSort = (sort: string, column: string): string => (sort === column ? `-${column}` : column);

export const ariaSort = (sort: string, column: string): 'ascending' | 'descending' | 'none' =>
  sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : 'none';
