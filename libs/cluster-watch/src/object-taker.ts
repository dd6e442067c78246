import { decideNow, finishFirstState } from './first-state.ts';
import { asWord, at, type JsonObject } from './json.ts';
import type { Link, ScopeMemory, TypeMemory } from './link.ts';
import { isSensed } from './sensed-types.ts';
import { slimRecord } from './records/slim.ts';
import type { Gathering, ObjectTaker } from './scope-run.ts';
import { leftOutOf } from './type-report.ts';
import { isDeleteInPrefix, uidInPrefix } from './watch-event.ts';

const uidOf = (object: JsonObject | undefined): string | undefined => asWord(at(object, 'metadata', 'uid'));

/** Takes objects of one scope into the holdings. `type` is as it is asked for on this link. */
export function createObjectTaker(
  link: Link,
  memory: TypeMemory,
  scopeMemory: ScopeMemory,
  onLeftOut: () => Promise<void>,
): ObjectTaker {
  const { type } = memory;
  const { scope } = scopeMemory;
  const { run } = link;
  const { outbox } = run;
  const holdings = run.holdings.of(type.groupResource);
  let leftOutBefore = leftOutOf(memory);

  const leaveOut = (uid: string | undefined, gathering: Gathering | undefined): void => {
    memory.unreadable += 1;
    if (uid !== undefined) holdings.keep(scope.key, uid);
    else if (gathering !== undefined) gathering.complete = false;
  };
  const countOneLess = (): void => {
    scopeMemory.overLimit = Math.max(0, scopeMemory.overLimit - 1);
  };
  /** Not for each of many: when it was the first one, or twice as many as was last said. */
  const sensed = isSensed(type);
  const isNews = (): boolean => {
    const leftOut = leftOutOf(memory);
    if (leftOut < Math.max(1, leftOutBefore * 2) || leftOut === leftOutBefore) return false;
    leftOutBefore = leftOut;
    return true;
  };

  return {
    begin() {
      holdings.beginFirstState(scope.key);
      scopeMemory.overLimit = 0;
      return { complete: true, fresh: 0, repeated: 0 };
    },
    upsert(object, isAdded, gathering) {
      const record = object === undefined ? undefined : slimRecord(type, object);
      const taken = record === undefined ? 'unreadable' : holdings.upsert(scope.key, record);
      if (taken === 'unreadable') leaveOut(uidOf(object), gathering);
      // It counts once: as it comes, not as it changes, until it goes or is taken after all. (One that could not be read before was not
      // counted as it came, and is at least a reason to read anew when there is room.)
      if (taken === 'no-room')
        scopeMemory.overLimit = isAdded ? scopeMemory.overLimit + 1 : Math.max(1, scopeMemory.overLimit);
      if (taken === 'taken' && !isAdded && gathering === undefined) countOneLess();
      if (gathering !== undefined) gathering[taken === 'again' ? 'repeated' : 'fresh'] += 1;
      if (sensed && gathering === undefined) link.catalogTouched(true);
      outbox.wake();
    },
    remove(object) {
      const uid = uidOf(object);
      if (sensed) link.catalogTouched(true);
      if (uid === undefined) memory.unreadable += 1;
      // What cannot be understood was never one for which there was no room.
      else if (!holdings.remove(scope.key, uid) && slimRecord(type, object) !== undefined) countOneLess();
      outbox.wake();
    },
    oversized(prefix, gathering) {
      const uid = uidInPrefix(prefix);
      if (uid === undefined || !isDeleteInPrefix(prefix)) leaveOut(uid, gathering);
      else holdings.remove(scope.key, uid);
      outbox.wake();
    },
    garbage() {
      memory.unreadable += 1;
    },
    get busy() {
      return memory.deciding;
    },
    async room() {
      if (run.knowledge.isTooMuch(holdings)) await decideNow(run, memory, true);
      if (isNews()) await onLeftOut();
      await outbox.room();
    },
    finish: (gathering) => finishFirstState(run, memory, scope.key, gathering),
  };
}
