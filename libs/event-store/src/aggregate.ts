import type { DomainEvent, StoredEvent } from './event.ts';
import { NOTHING_RECORDED } from './expected.ts';
import type { EventStore } from './port.ts';
import { streamNameOf } from './stream-name.ts';
import { upcast, type Upcasters } from './upcasters.ts';

/** A kind of aggregate: its state is the fold of its stream `<category>-<id>` and nothing else. */
export interface Aggregate<S, E extends DomainEvent> {
  readonly category: string;
  readonly initial: S;
  /** Pure and total: an event it does not know leaves the state as it is. */
  readonly evolve: (state: S, event: E) => S;
  /** Version of the schemas this code writes, from 1; counted for the aggregate as a whole. */
  readonly schemaVersion: number;
  readonly upcasters: Upcasters;
}

export function createAggregate<S, E extends DomainEvent>(
  definition: Omit<Aggregate<S, E>, 'upcasters'> & { readonly upcasters?: Upcasters },
): Aggregate<S, E> {
  streamNameOf(definition.category, 'checked');
  return { upcasters: {}, ...definition };
}

/** The state of an aggregate as of one revision. */
export interface Fold<S> {
  readonly state: S;
  /** The last event's; {@link NOTHING_RECORDED} (-1) for an aggregate without events. */
  readonly revision: bigint;
  /** Position in `$all` of the last event; absent for an aggregate without events. */
  readonly position?: bigint;
  /** Id of the last event; absent for an aggregate without events. */
  readonly eventId?: string;
}

/** An aggregate as of one revision, with what it was folded from. */
export interface Loaded<S, E extends DomainEvent> extends Fold<S> {
  readonly events: readonly StoredEvent<E>[];
}

/**
 * The state an aggregate had: at a revision (inclusive), or at a moment, which is the fold up to the first event recorded after
 * it. Without either, now.
 */
export async function stateAt<S, E extends DomainEvent>(
  store: EventStore,
  aggregate: Aggregate<S, E>,
  id: string,
  at: bigint | Date | undefined,
): Promise<Loaded<S, E>> {
  const events: StoredEvent<E>[] = [];
  const stream = store.read(streamNameOf(aggregate.category, id), typeof at === 'bigint' ? { toInclusive: at } : {});
  for await (const stored of stream) {
    if (at instanceof Date && stored.recordedAt > at) break;
    // The category says which events these are; evolve tolerates those it does not know.
    events.push(upcast(stored, aggregate.upcasters) as StoredEvent<E>);
  }
  return foldEvents(aggregate, events);
}

/** The state that follows from the events, which are the stream's first ones. */
export const foldEvents = <S, E extends DomainEvent>(
  aggregate: Aggregate<S, E>,
  events: readonly StoredEvent<E>[],
): Loaded<S, E> => foldAfter(aggregate, { state: aggregate.initial, revision: NOTHING_RECORDED }, events);

/** The state that follows from a fold and the events right after it. */
export function foldAfter<S, E extends DomainEvent>(
  aggregate: Aggregate<S, E>,
  known: Fold<S>,
  events: readonly StoredEvent<E>[],
): Loaded<S, E> {
  const last = events.at(-1);
  if (last === undefined) return { ...known, events };
  return {
    state: events.reduce((before: S, event) => aggregate.evolve(before, event), known.state),
    ...{ revision: last.revision, position: last.position, eventId: last.id },
    events,
  };
}
