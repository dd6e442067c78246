import { ok, refused, type Result } from '@mooring/kernel';
import type { ObservationEvent, WatchEvent, WatchState } from './watch.ts';

type WithoutNumber<E> = E extends ObservationEvent
  ? { readonly type: E['type']; readonly data: Omit<E['data'], 'connectionId' | 'observation'> }
  : never;

/** Something seen, before it has its number. */
export type Observation = WithoutNumber<ObservationEvent>;

/** Somebody starts to look after the cluster: from now on only its observations count. */
export interface BeginCommand {
  readonly kind: 'begin';
  readonly connectionId: string;
}

export interface ReportCommand {
  readonly kind: 'report';
  readonly connectionId: string;
  /** Of the watch that saw it. */
  readonly epoch: number;
  /** The decision the work was made under. */
  readonly decision: number;
  readonly observation: Observation;
}

export type WatchCommand = BeginCommand | ReportCommand;

/** Another one looks after the cluster meanwhile. */
export interface Superseded {
  readonly kind: 'superseded';
  readonly epoch: number;
}

/** Decides what a command adds to the stream of a watch. Pure. An observation of an older epoch is refused, never recorded. */
export function decide(command: WatchCommand, state: WatchState): Result<readonly WatchEvent[], Superseded> {
  const { connectionId } = command;
  if (command.kind === 'begin') return ok([{ type: 'WatchBegun', data: { connectionId, epoch: state.epoch + 1 } }]);
  if (command.epoch !== state.epoch) return refused({ kind: 'superseded', epoch: state.epoch });
  const number = { decision: command.decision, epoch: command.epoch, count: state.count + 1 };
  return ok([numbered(command.observation, connectionId, number)]);
}

function numbered(
  { type, data }: Observation,
  connectionId: string,
  observation: ObservationEvent['data']['observation'],
): WatchEvent {
  // The union is taken apart and put together again by its discriminant, which TypeScript cannot follow.
  return { type, data: { ...data, connectionId, observation } } as WatchEvent;
}
