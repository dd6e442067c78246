import type { EventStore } from './port.ts';

/** The last try of each command in hand, by store, stream and key. */
const inHand = new WeakMap<EventStore, Map<string, Promise<unknown>>>();

/**
 * Runs the tries of one command one after the other, those of different ones at once. A caller that does not wait for its answer
 * and asks again would else overtake itself: the repeat is refused, the state changes, and the first try takes effect after all.
 */
export async function inTurn<T>(store: EventStore, name: string, work: () => Promise<T>): Promise<T> {
  const tries = inHand.get(store) ?? new Map<string, Promise<unknown>>();
  inHand.set(store, tries);
  const own = (tries.get(name) ?? Promise.resolve()).then(work, work);
  tries.set(name, own);
  try {
    return await own;
  } finally {
    if (tries.get(name) === own) tries.delete(name);
  }
}
