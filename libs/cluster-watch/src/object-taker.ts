import { decideNow, finishFirstState } from './first-state.ts';
import { asObject, asWord, at, type JsonObject } from './json.ts';
import type { Link, ScopeMemory, TypeMemory } from './link.ts';
import { identityInPrefix, identityOf, type ObjectIdentity } from './object-identity.ts';
import { isSensed, typeDefinedBy } from './sensed-types.ts';
import { uidOf } from './records/metadata.ts';
import { slimRecord } from './records/slim.ts';
import type { Gathering, ObjectTaker } from './scope-run.ts';
import { leftOutOf } from './type-report.ts';
import type { UnreadCause } from './unread.ts';
import { isDeleteInPrefix } from './watch-event.ts';

/** Takes objects of one scope into the holdings. `type` is as it is asked for on this link. */
export function createObjectTaker(
  link: Link,
  memory: TypeMemory,
  scopeMemory: ScopeMemory,
  onLeftOut: () => Promise<void>,
): ObjectTaker {
  const { type } = memory;
  const { scope, unread } = scopeMemory;
  const { run } = link;
  const { outbox } = run;
  const holdings = run.holdings.of(type.groupResource);
  const sensed = isSensed(type);
  /** Whether more, or less, may be left out than before. */
  let isTouched = false;
  let isReading = false;

  const leaveOut = (
    who: ObjectIdentity,
    cause: UnreadCause,
    isNew: boolean,
    gathering: Gathering | undefined,
  ): void => {
    isTouched = true;
    unread.note(who, cause, isNew || gathering !== undefined);
    if (who.uid !== undefined) holdings.keep(scope.key, who.uid);
    else if (gathering !== undefined) gathering.complete = false;
  };
  const forget = (who: ObjectIdentity): boolean => {
    const wasUnread = unread.forget(who);
    isTouched ||= wasUnread;
    return wasUnread;
  };
  const countOneLess = (): void => {
    if (scopeMemory.overLimit === 0) return;
    isTouched = true;
    scopeMemory.overLimit -= 1;
  };
  /** Then nothing of it is lost with a delete that cannot be understood. A type whose objects never have a uid is not read anew for each. */
  const holdsNothing = (): boolean => holdings.count === 0;
  /** Not for each of many: when they are twice as many as was last said, or half; the first one and none of them included. */
  const isNews = (): boolean => {
    isTouched = false;
    const told = memory.status?.leftOut ?? 0;
    const leftOut = leftOutOf(memory);
    // A first state counts from the start, and is told when it is there.
    const isLess = leftOut * 2 <= told && !isReading;
    return leftOut !== told && (isLess || leftOut >= told * 2);
  };

  return {
    begin() {
      isReading = true;
      holdings.beginFirstState(scope.key);
      scopeMemory.overLimit = 0;
      unread.beginFirstState();
      return { complete: true, fresh: 0, repeated: 0 };
    },
    upsert(object, isAdded, gathering) {
      const record = object === undefined ? undefined : slimRecord(type, object);
      const taken = record === undefined ? 'unreadable' : holdings.upsert(scope.key, record);
      if (record === undefined) leaveOut(identityOf(object), causeOf(object), isAdded, gathering);
      else forget(record);
      // It counts once: as it comes, not as it changes, until it goes or is taken after all. (One that could not be read before was not
      // counted as it came, and is at least a reason to read anew when there is room.)
      if (taken === 'no-room') {
        isTouched = true;
        scopeMemory.overLimit = isAdded ? scopeMemory.overLimit + 1 : Math.max(1, scopeMemory.overLimit);
      }
      if (taken === 'taken' && !isAdded && gathering === undefined) countOneLess();
      if (gathering !== undefined) gathering[taken === 'again' ? 'repeated' : 'fresh'] += 1;
      if (sensed && gathering === undefined) link.catalogTouched(true);
      else if (sensed) link.typeDefined(typeDefinedBy(type, record?.name));
      outbox.wake();
    },
    remove(object) {
      const who = identityOf(object);
      if (sensed) link.catalogTouched(true);
      const wasUnread = forget(who);
      if (who.uid === undefined) {
        if (!wasUnread) leaveOut(who, 'no-identity', false, undefined);
        return holdsNothing();
      }
      // What cannot be understood was never one for which there was no room.
      if (!holdings.remove(scope.key, who.uid) && !wasUnread && slimRecord(type, object) !== undefined) countOneLess();
      outbox.wake();
      return true;
    },
    oversized(prefix, gathering) {
      const who = identityInPrefix(prefix);
      const isDelete = isDeleteInPrefix(prefix);
      if (who.uid === undefined || !isDelete) {
        leaveOut(who, 'too-large', false, gathering);
        return !isDelete || holdsNothing();
      }
      forget(who);
      holdings.remove(scope.key, who.uid);
      outbox.wake();
      return true;
    },
    garbage: () => leaveOut({}, 'not-understood', true, undefined),
    get busy() {
      return memory.deciding;
    },
    async room() {
      if (run.knowledge.isTooMuch(holdings)) await decideNow(run, memory, true);
      if (isTouched && isNews()) await onLeftOut();
      await outbox.room();
    },
    finish(gathering) {
      isReading = false;
      unread.finishFirstState();
      // Read anew: what came and went since it was read before was not told.
      if (sensed && scopeMemory.firstState !== 'none') link.catalogTouched(true);
      return finishFirstState(run, memory, scope.key, gathering);
    },
  };
}

/** Of what gives no record. */
function causeOf(object: JsonObject | undefined): UnreadCause {
  if (object === undefined) return 'not-understood';
  const metadata = asObject(object['metadata']);
  return uidOf(at(metadata, 'uid')) === undefined || asWord(at(metadata, 'name')) === undefined
    ? 'no-identity'
    : 'another-kind';
}
