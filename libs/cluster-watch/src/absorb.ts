import { hashOf } from './content-hash.ts';
import { asWord, at, type JsonObject } from './json.ts';
import type { KindRun } from './kind-run.ts';
import type { Line } from './lines.ts';
import { slimRecord } from './records/slim.ts';
import { isDeleteInPrefix, uidInPrefix } from './watch-event.ts';

/** A first state while it comes in. */
export interface Gathering {
  readonly seen: Set<string>;
  /** False once something could not be told apart: then absence proves nothing, and nothing is deleted. */
  complete: boolean;
}

export const newGathering = (): Gathering => ({ seen: new Set(), complete: true });

/** Takes objects of one kind into the holdings. What cannot be understood is counted as left out, and what is held of it stays. */
export interface Absorber {
  upsert(object: JsonObject, gathering?: Gathering): void;
  remove(object: JsonObject, gathering?: Gathering): void;
  oversized(line: Line & { readonly kind: 'oversized' }, gathering?: Gathering): void;
  /** Deletes what a finished first state did not have. */
  finish(gathering: Gathering): void;
}

export function createAbsorber({ link, type, memory }: KindRun): Absorber {
  const { holdings, outbox } = link.run;
  const { groupResource } = type;
  const leaveOut = (uid: string | undefined, gathering: Gathering | undefined): void => {
    memory.leftOut += 1;
    if (gathering === undefined) return;
    if (uid === undefined) gathering.complete = false;
    else gathering.seen.add(uid);
  };
  const removeUid = (uid: string, gathering: Gathering | undefined): void => {
    gathering?.seen.delete(uid);
    holdings.remove(groupResource, uid);
    outbox.wake();
  };
  const uidOf = (object: JsonObject): string | undefined => asWord(at(object, 'metadata', 'uid'));

  return {
    upsert(object, gathering) {
      const record = slimRecord(type, object);
      if (record === undefined) {
        leaveOut(uidOf(object), gathering);
        return;
      }
      gathering?.seen.add(record.uid);
      holdings.upsert(groupResource, record, hashOf(record));
      outbox.wake();
    },
    remove(object, gathering) {
      const uid = uidOf(object);
      if (uid === undefined) memory.leftOut += 1;
      else removeUid(uid, gathering);
    },
    oversized({ prefix }, gathering) {
      const uid = uidInPrefix(prefix);
      if (uid !== undefined && isDeleteInPrefix(prefix)) removeUid(uid, gathering);
      else leaveOut(uid, gathering);
    },
    finish({ seen, complete }) {
      if (complete) holdings.sweep(groupResource, seen);
      outbox.wake();
    },
  };
}
