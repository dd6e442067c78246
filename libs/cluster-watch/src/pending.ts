import type { GroupResource } from './resource-type.ts';
import type { ResourceChange } from './sink.ts';

interface Waiting {
  readonly change: ResourceChange;
  /** Digest of what the sink has of the object now; `undefined` for nothing. */
  readonly accepted: bigint | undefined;
}

/** Changes on their way to the sink, one per object: a later one takes the place of an earlier one. */
export interface PendingChanges {
  readonly size: number;
  find(type: GroupResource, uid: string): Waiting | undefined;
  put(uid: string, waiting: Waiting): void;
  drop(type: GroupResource, uid: string): void;
  /** Takes up to `changesMax` in the order in which their objects first changed; they count as accepted from here on. */
  take(changesMax: number): readonly ResourceChange[];
}

export function createPendingChanges(): PendingChanges {
  const byKey = new Map<string, Waiting>();
  const keyOf = (type: GroupResource, uid: string): string => `${type}/${uid}`;
  return {
    get size() {
      return byKey.size;
    },
    find: (type, uid) => byKey.get(keyOf(type, uid)),
    put: (uid, waiting) => void byKey.set(keyOf(waiting.change.type, uid), waiting),
    drop: (type, uid) => void byKey.delete(keyOf(type, uid)),
    take(changesMax) {
      const taken: ResourceChange[] = [];
      for (const [key, { change }] of byKey) {
        if (taken.length === changesMax) break;
        byKey.delete(key);
        taken.push(change);
      }
      return taken;
    },
  };
}
