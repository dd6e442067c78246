import { createPendingChanges } from './pending.ts';
import type { GroupResource } from './resource-type.ts';
import type { ResourceChange } from './sink.ts';
import { createTypeHoldings, type TypeHoldings } from './type-holdings.ts';

export interface HoldingsLimits {
  /** Objects of all types together. */
  readonly objectsMax: number;
  /** Sum of their records as JSON. */
  readonly recordBytesMax: number;
}

/**
 * What the cluster has, as a digest per uid, and how that differs from what the sink has. Several changes to one object become one; changes
 * that lead back to what the sink has become none. Pure bookkeeping: no time, no I/O.
 */
export interface Holdings {
  of(type: GroupResource): TypeHoldings;
  /** Forgets a type of which nothing is held any more. */
  drop(type: GroupResource): void;
  readonly objects: number;
  readonly recordBytes: number;
  /** Whether there is room for a tenth of the limits again. */
  readonly hasAmpleRoom: boolean;
  readonly pendingCount: number;
  /** Takes up to `changesMax` in the order in which their objects first changed; they count as accepted from here on. */
  take(changesMax: number): readonly ResourceChange[];
}

export function createHoldings({ objectsMax, recordBytesMax }: HoldingsLimits): Holdings {
  const types = new Map<GroupResource, TypeHoldings>();
  const pending = createPendingChanges();
  let objects = 0;
  let recordBytes = 0;
  const room = {
    hasRoom: () => objects < objectsMax && recordBytes < recordBytesMax,
    count(moreObjects: number, moreBytes: number) {
      objects += moreObjects;
      recordBytes += moreBytes;
    },
  };
  return {
    of(type) {
      const found = types.get(type) ?? createTypeHoldings(type, pending, room);
      types.set(type, found);
      return found;
    },
    drop: (type) => void types.delete(type),
    get objects() {
      return objects;
    },
    get recordBytes() {
      return recordBytes;
    },
    get hasAmpleRoom() {
      return objects < objectsMax * 0.9 && recordBytes < recordBytesMax * 0.9;
    },
    get pendingCount() {
      return pending.size;
    },
    take: (changesMax) => pending.take(changesMax),
  };
}
