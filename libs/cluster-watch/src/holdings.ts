import type { ResourceKind } from './kinds.ts';
import type { SlimRecord } from './records/record.ts';
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
  accept(kind: ResourceKind, uid: string, hash: string): void;
  upsert(record: SlimRecord, hash: string): void;
  remove(kind: ResourceKind, uid: string): void;
  /** Removes all of `kind` that are not in `seen`: what was deleted while nobody watched. */
  sweep(kind: ResourceKind, seen: ReadonlySet<string>): void;
  count(kind: ResourceKind): number;
  readonly pendingCount: number;
  /** Takes up to `changesMax` in the order in which their objects first changed; they count as accepted from here on. */
  take(changesMax: number): readonly ResourceChange[];
}

export function createHoldings(): Holdings {
  const held = new Map<ResourceKind, Map<string, string>>();
  const pending = new Map<string, Pending>();

  const ofKind = (kind: ResourceKind): Map<string, string> => {
    const found = held.get(kind) ?? new Map<string, string>();
    held.set(kind, found);
    return found;
  };
  const keyOf = (kind: ResourceKind, uid: string): string => `${kind}/${uid}`;
  const acceptedOf = (kind: ResourceKind, uid: string): string | undefined => {
    const waiting = pending.get(keyOf(kind, uid));
    return waiting === undefined ? ofKind(kind).get(uid) : waiting.accepted;
  };
  const remove = (kind: ResourceKind, uid: string): void => {
    if (!ofKind(kind).has(uid)) return;
    const accepted = acceptedOf(kind, uid);
    ofKind(kind).delete(uid);
    if (accepted === undefined) pending.delete(keyOf(kind, uid));
    else pending.set(keyOf(kind, uid), { change: { op: 'delete', kind, uid }, accepted });
  };

  return {
    accept: (kind, uid, hash) => void ofKind(kind).set(uid, hash),
    upsert(record, hash) {
      const { kind, uid } = record;
      if (ofKind(kind).get(uid) === hash) return;
      const accepted = acceptedOf(kind, uid);
      ofKind(kind).set(uid, hash);
      if (accepted === hash) pending.delete(keyOf(kind, uid));
      else pending.set(keyOf(kind, uid), { change: { op: 'upsert', record, hash }, accepted });
    },
    remove,
    sweep(kind, seen) {
      for (const uid of [...ofKind(kind).keys()]) if (!seen.has(uid)) remove(kind, uid);
    },
    count: (kind) => ofKind(kind).size,
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
