import { foldAfter, stateAt, type Aggregate, type Fold, type Loaded } from './aggregate.ts';
import type { DomainEvent, StoredEvent } from './event.ts';
import type { EventStore } from './port.ts';
import { streamNameOf } from './stream-name.ts';
import { upcast } from './upcasters.ts';

/** Reads and folds the whole stream; the next command on it need not. Failures: as {@link EventStore.read}. */
export async function load<S, E extends DomainEvent>(
  store: EventStore,
  aggregate: Aggregate<S, E>,
  id: string,
): Promise<Loaded<S, E>> {
  const loaded = await stateAt(store, aggregate, id, undefined);
  remember(store, aggregate, id, loaded);
  return loaded;
}

/**
 * Brings a fold up to date by reading what was recorded since, and the event it ends with, by which is seen that the stream is
 * still the one it was made from; where it is not, all is read. `events` are those that were read. Failures: as {@link EventStore.read}.
 */
export async function loadAfter<S, E extends DomainEvent>(
  store: EventStore,
  aggregate: Aggregate<S, E>,
  id: string,
  known: Fold<S>,
): Promise<Loaded<S, E>> {
  const streamName = streamNameOf(aggregate.category, id);
  const events: StoredEvent<E>[] = [];
  let isSame = false;
  if (known.eventId !== undefined) {
    for await (const stored of store.read(streamName, { from: known.revision })) {
      // The category says which events these are; evolve tolerates those it does not know.
      if (isSame) events.push(upcast(stored, aggregate.upcasters) as StoredEvent<E>);
      else if (stored.id === known.eventId) isSame = true;
      else break;
    }
  }
  if (!isSame) {
    store.folds?.drop(streamName);
    return load(store, aggregate, id);
  }
  const loaded = foldAfter(aggregate, known, events);
  remember(store, aggregate, id, loaded);
  return loaded;
}

/** The newest fold that this process knows of, if any; others may have written since. */
export const recall = <S, E extends DomainEvent>(
  { folds }: EventStore,
  aggregate: Aggregate<S, E>,
  id: string,
): Fold<S> | undefined => folds?.get<S>(streamNameOf(aggregate.category, id), aggregate);

/** Keeps a fold for the next command, unless it was made of what this code cannot read. */
export function remember<S, E extends DomainEvent>(
  { folds }: EventStore,
  aggregate: Aggregate<S, E>,
  id: string,
  { events, ...fold }: Loaded<S, E>,
): void {
  const streamName = streamNameOf(aggregate.category, id);
  const isReadable = events.every(({ metadata }) => metadata.schemaVersion <= aggregate.schemaVersion);
  if (isReadable) folds?.put(streamName, aggregate, fold);
  else folds?.drop(streamName);
}
