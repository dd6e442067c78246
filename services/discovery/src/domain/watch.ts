import type * as contracts from '@mooring/contracts';
import type { FieldsOf } from '@mooring/contracts';

type Event<Name extends keyof typeof contracts> = (typeof contracts)[Name] extends contracts.EventType
  ? { readonly type: Name; readonly data: FieldsOf<(typeof contracts)[Name]> }
  : never;

export type ObservationEvent =
  Event<'ClusterSeen'> | Event<'SnapshotCompleted'> | Event<'ClusterLost'> | Event<'ClusterRefused'>;

export type WatchEvent = Event<'WatchBegun'> | ObservationEvent;

/** The last word that was said about a cluster. */
export interface Said {
  readonly type: ObservationEvent['type'];
  /** Code of the reason; with `ClusterLost` and `ClusterRefused`. */
  readonly code?: string;
  /** The decision it was said under. */
  readonly decision: number;
}

/** What the stream `watch-<connectionId>` folds to. */
export interface WatchState {
  /** How often somebody began to look after the cluster; only the last one may say anything. */
  readonly epoch: number;
  /** Observations of this epoch. */
  readonly count: number;
  readonly said?: Said;
}

export const NEVER_WATCHED: WatchState = { epoch: 0, count: 0 };

/** Never fails: a stored event is a fact, and one of a type that nobody knows leaves the state as it was. */
export function evolve(state: WatchState, event: WatchEvent): WatchState {
  switch (event.type) {
    case 'WatchBegun':
      return { ...state, epoch: event.data.epoch, count: 0 };
    case 'ClusterSeen':
    case 'SnapshotCompleted':
    case 'ClusterLost':
    case 'ClusterRefused':
      return { ...state, count: event.data.observation.count, said: saidBy(event) };
    default:
      return state;
  }
}

export const saidBy = ({ type, data }: ObservationEvent): Said => ({
  type,
  decision: data.observation.decision,
  ...('reason' in data ? { code: data.reason.code } : {}),
});
