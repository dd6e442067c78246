import { connectionIdOf, sequenceOf, shortType, type LogEvent } from './events.ts';

/** What of the page an event makes stale. A revision says how new the answer must be to show it. */
export interface Stale {
  readonly connection?: { readonly id: string; readonly revision: string };
  readonly cluster?: { readonly connectionId: string };
  readonly import?: { readonly id: string };
  readonly notification?: { readonly id: string; readonly revision: string };
}

/**
 * Only an event of a connection's own stream speaks of a connection's revision: those of discovery have the same subject and
 * count something else.
 */
export function staleBy(event: LogEvent): Stale {
  const type = shortType(event.type);
  const revision = sequenceOf(event) ?? '0';
  if (/^connections\.(connection|probe|credential)\./.test(type))
    return { connection: { id: event.subject, revision }, cluster: { connectionId: event.subject } };
  if (/^connections\.(import|context)\./.test(type)) return { import: { id: event.subject } };
  if (type.startsWith('notifications.notification.')) return { notification: { id: event.subject, revision } };
  const connectionId = connectionIdOf(event);
  return type.startsWith('discovery.') && connectionId !== undefined ? { cluster: { connectionId } } : {};
}

/** Connections waiting to be read again, each with the highest revision an event told of. */
export type Pending = ReadonlyMap<string, string>;

export const withPending = (pending: Pending, id: string, revision: string): Pending => {
  const known = pending.get(id);
  return known !== undefined && BigInt(known) >= BigInt(revision) ? pending : new Map(pending).set(id, revision);
};

/** Above this many it is cheaper for everybody to read the list once. */
export const ROWS_ONE_BY_ONE_MAX = 40;

export type RefreshPlan =
  | { readonly kind: 'list' }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly [id: string, revision: string])[] };

export const planRefresh = (pending: Pending): RefreshPlan =>
  pending.size > ROWS_ONE_BY_ONE_MAX ? { kind: 'list' } : { kind: 'rows', rows: [...pending] };

/** Whether an answer is older than what an event told of; such an answer is asked for again. */
export const isBehind = (answered: string | undefined, told: string): boolean =>
  answered === undefined || BigInt(answered) < BigInt(told);
