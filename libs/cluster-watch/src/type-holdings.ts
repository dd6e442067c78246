import { contentOf, recordFrom } from './content-hash.ts';
import { bucketOf, createRunningDigest, digestOf, type Digest } from './digest.ts';
import type { PendingChanges } from './pending.ts';
import type { SlimRecord } from './records/record.ts';
import type { GroupResource } from './resource-type.ts';
import { createUidTable, type UidTable } from './uid-table.ts';

/** Room for objects, shared by all types of a cluster. */
export interface Room {
  /** Whether one more object fits. */
  hasRoom(): boolean;
  count(objects: number, bytes: number): void;
}

/**
 * Which scope reads what lies in this namespace (see `KnownObject.namespace`), and whether it has read all of it; `nowhere` when none does,
 * `undefined` where that cannot be told.
 */
export type Placing = (
  namespace: string | undefined,
) => { readonly scope: string; readonly isWhole: boolean } | 'nowhere' | undefined;

/** What the sink has, as it says. */
export interface Accepted {
  readonly uid: string;
  readonly hash: string;
  readonly namespace?: string;
}

/**
 * What the cluster has of one type, and how that differs from what the sink has. It is read in one or more scopes (everywhere, or a
 * namespace each), and each first state deletes only what its own scope had. What no scope has claimed (the sink has it from before, or
 * the scope it came from is over) is left over: the next scope that has it takes it without a change, and `sweepLeftOver` deletes the rest.
 *
 * While undecided, it is not known what the sink has: nothing is emitted, and contents wait until `decide` says what differs.
 */
export interface TypeHoldings {
  /** Objects, those left over included. */
  readonly count: number;
  digest(): Digest;
  /** Objects that wait to be decided, those included of which nothing can be told; and the size of their content. */
  readonly undecided: { readonly objects: number; readonly bytes: number } | undefined;
  /** From here on it is not known what the sink has, until `decide`. Only while nothing is held. */
  beginUndecided(): void;
  /**
   * What the sink has in these buckets; in the others it has what is held. In any order. Of what is not held, that is deleted which a scope
   * has read without it, or none reads; the rest is its scope's, for the next first state to claim or delete, or left over.
   */
  decide(buckets: readonly number[], known: AsyncIterable<Accepted>, placing: Placing): Promise<void>;
  /** Declares what the sink has. */
  accept(uid: string, hash: string): void;
  /** `again`: the scope had it already since `beginFirstState`. */
  upsert(scope: string, record: SlimRecord): 'taken' | 'again' | 'no-room';
  /** False where it was neither held nor kept. */
  remove(scope: string, uid: string): boolean;
  /** The object is there, but what it is like now cannot be told: what is held of it stays, or what the sink turns out to have. */
  keep(scope: string, uid: string): void;
  beginFirstState(scope: string): void;
  /** Deletes what the scope had and its first state had not. */
  finishFirstState(scope: string): void;
  /** What the scope had is left over from here on. */
  retire(scope: string): void;
  /** Deletes what the scope had: nobody reads that any longer. */
  discard(scope: string): void;
  sweepLeftOver(): void;
  /** Buckets of what is left over since a scope was retired, until `placeLeftOver`: see `bucketOf`. */
  unplacedBuckets(): readonly number[];
  /**
   * What the sink has in these buckets, in any order. Of what is left over, that is deleted which a scope has read without it, or none reads;
   * the rest is its scope's, for the next first state to claim or delete. What cannot be told stays left over.
   */
  placeLeftOver(known: AsyncIterable<Accepted>, placing: Placing): Promise<void>;
}

export function createTypeHoldings(type: GroupResource, pending: PendingChanges, room: Room): TypeHoldings {
  const scopes = new Map<string, UidTable>();
  const leftOver = createUidTable();
  let isPlaced = true;
  const running = createRunningDigest();
  let waiting: Map<string, { readonly json: string; readonly hash: string; readonly apiVersion: string }> | undefined;
  let waitingBytes = 0;
  /** Scope by uid of what is there but cannot be told, while undecided. */
  const kept = new Map<string, string>();

  const tableOf = (scope: string): UidTable => {
    const found = scopes.get(scope) ?? createUidTable();
    scopes.set(scope, found);
    return found;
  };
  const heldDigest = (uid: string): bigint | undefined => {
    for (const table of scopes.values()) {
      const digest = table.get(uid);
      if (digest !== undefined) return digest;
    }
    return leftOver.get(uid);
  };
  const put = (table: UidTable, uid: string, digest: bigint, bytes: number): void => {
    for (const each of [table, leftOver]) {
      const before = each.get(uid);
      if (before === undefined) continue;
      running.remove(uid, before);
      room.count(-1, -each.bytesOf(uid));
      if (each !== table) each.delete(uid);
    }
    table.set(uid, digest, bytes);
    running.add(uid, digest);
    room.count(1, bytes);
  };
  const forget = (table: UidTable, uid: string): boolean => {
    const digest = table.get(uid);
    if (digest === undefined) return false;
    running.remove(uid, digest);
    room.count(-1, -table.bytesOf(uid));
    table.delete(uid);
    if (waiting !== undefined) {
      dropWaiting(uid);
      return true;
    }
    const before = pending.find(type, uid);
    const accepted = before === undefined ? digest : before.accepted;
    if (accepted === undefined) pending.drop(type, uid);
    else pending.put(uid, { change: { op: 'delete', type, uid }, accepted });
    return true;
  };
  const dropWaiting = (uid: string): void => {
    waitingBytes -= waiting?.get(uid)?.json.length ?? 0;
    waiting?.delete(uid);
  };
  const releaseWaiting = (uid: string, accepted: bigint | undefined): void => {
    const content = waiting?.get(uid);
    if (content === undefined) return;
    const record = recordFrom(content.json, content.apiVersion);
    pending.put(uid, { change: { op: 'upsert', type, record, hash: content.hash }, accepted });
    dropWaiting(uid);
  };
  const dropKept = (scope: string): void => {
    for (const [uid, keeper] of kept) if (keeper === scope) kept.delete(uid);
  };
  const unread = (scope: string, uid: string, digest: bigint, bytes: number): void => {
    const table = tableOf(scope);
    put(table, uid, digest, bytes);
    table.unmark(uid);
  };
  const placeUnheld = (uid: string, accepted: bigint, place: ReturnType<Placing>): void => {
    if (place === undefined) put(leftOver, uid, accepted, 0);
    else if (place === 'nowhere' || place.isWhole) pending.put(uid, { change: { op: 'delete', type, uid }, accepted });
    else unread(place.scope, uid, accepted, 0);
  };

  return {
    get count() {
      let sum = leftOver.size;
      for (const { size } of scopes.values()) sum += size;
      return sum;
    },
    digest: () => running.read(),
    get undecided() {
      return waiting === undefined ? undefined : { objects: waiting.size + kept.size, bytes: waitingBytes };
    },
    beginUndecided() {
      waiting = new Map();
    },
    async decide(buckets, known, placing) {
      const asked = new Set(buckets);
      for await (const { uid, hash, namespace } of known) {
        const accepted = digestOf(uid, hash);
        const held = heldDigest(uid);
        const keeper = kept.get(uid);
        if (held === undefined && keeper !== undefined) put(tableOf(keeper), uid, accepted, 0);
        else if (held === undefined) placeUnheld(uid, accepted, placing(namespace));
        else if (held === accepted) dropWaiting(uid);
        else releaseWaiting(uid, accepted);
      }
      for (const uid of [...(waiting?.keys() ?? [])]) if (asked.has(bucketOf(uid))) releaseWaiting(uid, undefined);
      waiting = undefined;
      waitingBytes = 0;
      kept.clear();
    },
    accept: (uid, hash) => put(leftOver, uid, digestOf(uid, hash), 0),
    upsert(scope, record) {
      const { uid } = record;
      const { hash, json } = contentOf(record);
      const digest = digestOf(uid, hash);
      const table = tableOf(scope);
      const taken = table.isMarked(uid) ? 'again' : 'taken';
      if (table.get(uid) === digest) {
        table.mark(uid);
        return taken;
      }
      const before = table.get(uid) ?? leftOver.get(uid);
      if (before === undefined && !room.hasRoom()) return 'no-room';
      put(table, uid, digest, json.length);
      if (before === digest) return taken;
      if (waiting !== undefined) {
        dropWaiting(uid);
        waiting.set(uid, { json, hash, apiVersion: record.apiVersion });
        waitingBytes += json.length;
        return taken;
      }
      const earlier = pending.find(type, uid);
      const accepted = earlier === undefined ? before : earlier.accepted;
      if (accepted === digest) pending.drop(type, uid);
      else pending.put(uid, { change: { op: 'upsert', type, record, hash }, accepted });
      return taken;
    },
    remove(scope, uid) {
      const wasKept = kept.delete(uid);
      return forget(tableOf(scope), uid) || forget(leftOver, uid) || wasKept;
    },
    keep(scope, uid) {
      const table = tableOf(scope);
      const digest = leftOver.get(uid);
      if (table.mark(uid)) return;
      if (digest !== undefined) put(table, uid, digest, leftOver.bytesOf(uid));
      else if (waiting !== undefined) kept.set(uid, scope);
    },
    beginFirstState(scope) {
      dropKept(scope);
      tableOf(scope).beginMarking();
    },
    finishFirstState(scope) {
      const table = tableOf(scope);
      for (const uid of table.unmarked()) forget(table, uid);
    },
    retire(scope) {
      dropKept(scope);
      const table = tableOf(scope);
      for (const uid of [...table.uids()]) {
        const digest = table.get(uid) ?? 0n;
        const bytes = table.bytesOf(uid);
        table.delete(uid);
        leftOver.set(uid, digest, bytes);
      }
      scopes.delete(scope);
      isPlaced = false;
    },
    discard(scope) {
      dropKept(scope);
      const table = tableOf(scope);
      for (const uid of [...table.uids()]) forget(table, uid);
      scopes.delete(scope);
    },
    sweepLeftOver() {
      for (const uid of [...leftOver.uids()]) forget(leftOver, uid);
    },
    unplacedBuckets() {
      const buckets = new Set<number>();
      if (!isPlaced) for (const uid of leftOver.uids()) buckets.add(bucketOf(uid));
      return [...buckets];
    },
    async placeLeftOver(known, placing) {
      isPlaced = true;
      for await (const { uid, namespace } of known) {
        const digest = leftOver.get(uid);
        const place = placing(namespace);
        if (digest === undefined || place === undefined) continue;
        if (place === 'nowhere' || place.isWhole) forget(leftOver, uid);
        else unread(place.scope, uid, digest, leftOver.bytesOf(uid));
      }
    },
  };
}
