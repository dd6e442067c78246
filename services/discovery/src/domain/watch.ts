import type * as contracts from '@mooring/contracts';
import type { FieldsOf } from '@mooring/contracts';

type Event<Name extends keyof typeof contracts> = (typeof contracts)[Name] extends contracts.EventType
  ? { readonly type: Name; readonly data: FieldsOf<(typeof contracts)[Name]> }
  : never;

/** What is said about the cluster as a whole; connections acts on it. */
export type WordEvent =
  Event<'ClusterSeen'> | Event<'SnapshotCompleted'> | Event<'ClusterLost'> | Event<'ClusterRefused'>;

/** What is said beside that, about how much of it is known. */
export type DetailEvent = Event<'TierReached'> | Event<'KindDegraded'> | Event<'KindRecovered'>;

export type ObservationEvent = WordEvent | DetailEvent;

/** Whether connections acts on it. */
export function isWord(type: ObservationEvent['type']): type is WordEvent['type'] {
  switch (type) {
    case 'ClusterSeen':
    case 'SnapshotCompleted':
    case 'ClusterLost':
    case 'ClusterRefused':
      return true;
    case 'TierReached':
    case 'KindDegraded':
    case 'KindRecovered':
      return false;
  }
}

export type WatchEvent = Event<'WatchBegun'> | ObservationEvent;

/** The last word that was said about a cluster. */
export interface Said {
  readonly type: WordEvent['type'];
  /** Code of the reason; with `ClusterLost` and `ClusterRefused`. */
  readonly code?: string;
  /** The decision it was said under. */
  readonly decision: number;
}

export type Tier = Event<'TierReached'>['data']['tier'];

/** What was said about how much of a cluster is known. */
export interface Told {
  /** The last tier. */
  readonly tier?: Tier;
  /** What is said to be degraded, by type. */
  readonly degraded: Readonly<Record<string, DegradedKind>>;
}

export interface DegradedKind {
  readonly kind: string;
  readonly status: string;
}

/** Whether a kind in this state counts as degraded. */
export const isDegraded = (status: string): boolean => status === 'forbidden' || status === 'failing';

/** What the stream `watch-<connectionId>` folds to. */
export interface WatchState {
  /** How often somebody began to look after the cluster; only the last one may say anything. */
  readonly epoch: number;
  /** Observations of this epoch. */
  readonly count: number;
  readonly said?: Said;
  readonly told: Told;
}

export const NOTHING_TOLD: Told = { degraded: {} };

export const NEVER_WATCHED: WatchState = { epoch: 0, count: 0, told: NOTHING_TOLD };

/** Never fails: a stored event is a fact, and one of a type that nobody knows leaves the state as it was. */
export function evolve(state: WatchState, event: WatchEvent): WatchState {
  switch (event.type) {
    case 'WatchBegun':
      return { ...state, epoch: event.data.epoch, count: 0 };
    case 'ClusterSeen':
    case 'SnapshotCompleted':
    case 'ClusterLost':
    case 'ClusterRefused':
      return { ...counted(state, event), said: saidBy(event), told: afterWord(state.told, event) };
    case 'TierReached':
      return { ...counted(state, event), told: { ...state.told, tier: event.data.tier } };
    case 'KindDegraded': {
      const { type, kind, status } = event.data;
      return { ...counted(state, event), told: withKind(state.told, type, { kind, status }) };
    }
    case 'KindRecovered':
      return { ...counted(state, event), told: withKind(state.told, event.data.type, undefined) };
    default:
      return state;
  }
}

const counted = (state: WatchState, { data }: ObservationEvent): WatchState => ({
  ...state,
  count: data.observation.count,
});

/** A cluster that is away has reached nothing; one that is complete tells itself which kinds are not. */
function afterWord(told: Told, event: WordEvent): Told {
  switch (event.type) {
    case 'ClusterSeen':
      return told;
    case 'ClusterLost':
    case 'ClusterRefused':
      return { degraded: told.degraded };
    case 'SnapshotCompleted': {
      const degraded = event.data.kinds.flatMap(({ type, kind, status }): [string, DegradedKind][] =>
        type !== undefined && isDegraded(status) ? [[type, { kind, status }]] : [],
      );
      return { ...told, degraded: Object.fromEntries(degraded) };
    }
  }
}

const withKind = (told: Told, type: string, kind: DegradedKind | undefined): Told => ({
  ...told,
  degraded: Object.fromEntries([
    ...Object.entries(told.degraded).filter(([other]) => other !== type),
    ...(kind === undefined ? [] : [[type, kind] as const]),
  ]),
});

export const saidBy = ({ type, data }: WordEvent): Said => ({
  type,
  decision: data.observation.decision,
  ...('reason' in data ? { code: data.reason.code } : {}),
});
