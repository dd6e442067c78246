import { digestOfAll, type Digest } from './digest.ts';
import type { SlimRecord } from './records/record.ts';
import type { GroupResource } from './resource-type.ts';
import type { ResourceChange } from './sink.ts';

interface Pending {
  readonly change: ResourceChange;
  /** What the sink has of the object now; `undefined` for nothing. */
  readonly accepted: string | undefined;
}

/**
 * What the cluster has, as a hash per uid, and how that differs from what the sink has. Several changes to one object become one; changes
 * that lead back to what the sink has become none. Pure bookkeeping: no time, no I/O.
 */
export interface Holdings {
  /** Declares what the sink has already. */
  accept(type: GroupResource, uid: string, hash: string): void;
  upsert(type: GroupResource, record: SlimRecord, hash: string): void;
  remove(type: GroupResource, uid: string): void;
  /** Removes all of `type` that are not in `seen`: what was deleted while nobody watched. */
  sweep(type: GroupResource, seen: ReadonlySet<string>): void;
  count(type: GroupResource): number;
  /** Of what the cluster has. */
  digest(type: GroupResource): Digest;
  readonly pendingCount: number;
  /** Takes up to `changesMax` in the order in which their objects first changed; they count as accepted from here on. */
  take(changesMax: number): readonly ResourceChange[];
}

export function createHoldings(): Holdings {
  const held = new Map<GroupResource, Map<string, string>>();
  const pending = new Map<string, Pending>();

  const ofType = (type: GroupResource): Map<string, string> => {
    const found = held.get(type) ?? new Map<string, string>();
    held.set(type, found);
    return found;
  };
  const keyOf = (type: GroupResource, uid: string): string => `${type}/${uid}`;
  const acceptedOf = (type: GroupResource, uid: string): string | undefined => {
    const waiting = pending.get(keyOf(type, uid));
    return waiting === undefined ? ofType(type).get(uid) : waiting.accepted;
  };
  const remove = (type: GroupResource, uid: string): void => {
    if (!ofType(type).has(uid)) return;
    const accepted = acceptedOf(type, uid);
    ofType(type).delete(uid);
    if (accepted === undefined) pending.delete(keyOf(type, uid));
    else pending.set(keyOf(type, uid), { change: { op: 'delete', type, uid }, accepted });
  };

  return {
    accept: (type, uid, hash) => void ofType(type).set(uid, hash),
    upsert(type, record, hash) {
      const { uid } = record;
      if (ofType(type).get(uid) === hash) return;
      const accepted = acceptedOf(type, uid);
      ofType(type).set(uid, hash);
      if (accepted === hash) pending.delete(keyOf(type, uid));
      else pending.set(keyOf(type, uid), { change: { op: 'upsert', type, record, hash }, accepted });
    },
    remove,
    sweep(type, seen) {
      for (const uid of [...ofType(type).keys()]) if (!seen.has(uid)) remove(type, uid);
    },
    count: (type) => ofType(type).size,
    digest: (type) => digestOfAll(ofType(type)),
    get pendingCount() {
      return pending.size;
    },
    take(changesMax) {
      const taken: ResourceChange[] = [];
      for (const [key, { change }] of pending) {
        if (taken.length === changesMax) break;
        pending.delete(key);
        taken.push(change);
      }
      return taken;
    },
  };
}
