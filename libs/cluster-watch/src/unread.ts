import type { ObjectIdentity } from './object-identity.ts';

/** Why something could not be taken in. */
export type UnreadCause = 'too-large' | 'another-kind' | 'no-identity' | 'not-understood';

export interface UnreadObject {
  /** `namespace/name`, or as much of it as is known; `uid …` where that is all. */
  readonly name: string;
  readonly cause: UnreadCause;
}

/**
 * What of a scope could not be taken in, each object once, however often it comes. Holds up to 1,000 of them by name, twice as many while a
 * first state is read; what is beyond is only counted.
 */
export interface Unread {
  readonly count: number;
  /** What is known by name; those with a uid first, the longest known of them first. */
  objects(): readonly UnreadObject[];
  /** How many there are by cause that cannot be told from each other. */
  readonly nameless: ReadonlyMap<UnreadCause, number>;
  /** `isNew`: it came for the first time, as far as can be told. */
  note(who: ObjectIdentity, cause: UnreadCause, isNew: boolean): void;
  /** It was taken in, or is there no longer. Whether it was noted by name. */
  forget(who: ObjectIdentity): boolean;
  /** Everything comes once more. Until it has, or has shown more than was noted before, that stands. */
  beginFirstState(): void;
  finishFirstState(): void;
}

const OBJECTS_MAX = 1000;

interface Tally {
  readonly byUid: Map<string, UnreadObject>;
  /** Those without a uid. */
  readonly byName: Map<string, UnreadObject>;
  readonly nameless: Map<UnreadCause, number>;
  beyond: number;
}

const NONE: ReadonlyMap<UnreadCause, number> = new Map();

const newTally = (): Tally => ({ byUid: new Map(), byName: new Map(), nameless: new Map(), beyond: 0 });

const sizeOf = ({ byUid, byName, nameless, beyond }: Tally): number =>
  [...nameless.values()].reduce((sum, count) => sum + count, byUid.size + byName.size + beyond);

const nameOf = ({ uid, namespace, name }: ObjectIdentity): string | undefined => {
  if (name === undefined) return uid === undefined ? undefined : `uid ${uid}`;
  return namespace === undefined ? name : `${namespace}/${name}`;
};

function forgetIn({ byUid, byName }: Tally, who: ObjectIdentity): boolean {
  const wasKnown = who.uid !== undefined && byUid.delete(who.uid);
  if (byName.size === 0) return wasKnown;
  return byName.delete(nameOf(who) ?? '') || wasKnown;
}

function noteIn(tally: Tally, who: ObjectIdentity, cause: UnreadCause, isNew: boolean): void {
  const { uid } = who;
  const name = nameOf(who);
  if (name === undefined) {
    tally.nameless.set(cause, (tally.nameless.get(cause) ?? 0) + 1);
    return;
  }
  const [objects, key] = uid === undefined ? [tally.byName, name] : [tally.byUid, uid];
  const isNoted = objects.has(key);
  if (!isNoted && tally.byUid.size + tally.byName.size >= OBJECTS_MAX) {
    tally.beyond = Math.max(1, tally.beyond + (isNew ? 1 : 0));
    return;
  }
  // There is room for one of those that were only counted.
  if (!isNoted && !isNew) tally.beyond = Math.max(0, tally.beyond - 1);
  objects.set(key, { name, cause });
}

export function createUnread(): Unread {
  // Most scopes never need one.
  let now: Tally | undefined;
  let before: Tally | undefined;

  const shown = (): Tally | undefined => {
    if (now === undefined || before === undefined) return now ?? before;
    return sizeOf(before) > sizeOf(now) ? before : now;
  };

  return {
    get count() {
      const tally = shown();
      return tally === undefined ? 0 : sizeOf(tally);
    },
    objects() {
      const tally = shown();
      return tally === undefined ? [] : [...tally.byUid.values(), ...tally.byName.values()];
    },
    get nameless() {
      return shown()?.nameless ?? NONE;
    },
    note(who, cause, isNew) {
      now ??= newTally();
      noteIn(now, who, cause, isNew);
    },
    forget(who) {
      // Every good object comes by here: nothing is made for it.
      const wasBefore = before !== undefined && forgetIn(before, who);
      return (now !== undefined && forgetIn(now, who)) || wasBefore;
    },
    beginFirstState() {
      before = shown();
      now = undefined;
    },
    finishFirstState() {
      before = undefined;
    },
  };
}
