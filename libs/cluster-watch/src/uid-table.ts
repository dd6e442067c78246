/**
 * Digest and size by uid, about 130 bytes an object: a cluster may have a million. Remembers which uids were seen since `beginMarking`, so
 * that a first state is compared with what is held without a set beside it.
 */
export interface UidTable {
  readonly size: number;
  /** Sum of the sizes given to `set`. */
  readonly bytes: number;
  get(uid: string): bigint | undefined;
  /** Puts or replaces, and marks. */
  set(uid: string, digest: bigint, bytes: number): void;
  /** Says that the object was seen; false where it is not held. */
  mark(uid: string): boolean;
  isMarked(uid: string): boolean;
  unmark(uid: string): void;
  delete(uid: string): boolean;
  /** From here on, what is neither set nor marked again is unmarked. */
  beginMarking(): void;
  unmarked(): readonly string[];
  uids(): IterableIterator<string>;
  bytesOf(uid: string): number;
}

const FIRST_CAPACITY = 8;
const MARKS = 255;

export function createUidTable(): UidTable {
  const slots = new Map<string, number>();
  const free: number[] = [];
  let digests = new BigInt64Array(FIRST_CAPACITY);
  let sizes = new Uint32Array(FIRST_CAPACITY);
  let marks = new Uint8Array(FIRST_CAPACITY);
  let used = 0;
  let bytes = 0;
  let current = 1;

  const grow = (): void => {
    const capacity = digests.length * 2;
    const [before, sizesBefore, marksBefore] = [digests, sizes, marks];
    digests = new BigInt64Array(capacity);
    sizes = new Uint32Array(capacity);
    marks = new Uint8Array(capacity);
    digests.set(before);
    sizes.set(sizesBefore);
    marks.set(marksBefore);
  };
  const newSlot = (): number => {
    const reused = free.pop();
    if (reused !== undefined) return reused;
    if (used === digests.length) grow();
    used += 1;
    return used - 1;
  };

  return {
    get size() {
      return slots.size;
    },
    get bytes() {
      return bytes;
    },
    get(uid) {
      const slot = slots.get(uid);
      return slot === undefined ? undefined : digests[slot];
    },
    set(uid, digest, size) {
      let slot = slots.get(uid);
      if (slot === undefined) {
        slot = newSlot();
        slots.set(uid, slot);
        sizes[slot] = 0;
      }
      bytes += size - (sizes[slot] ?? 0);
      digests[slot] = digest;
      sizes[slot] = size;
      marks[slot] = current;
    },
    mark(uid) {
      const slot = slots.get(uid);
      if (slot === undefined) return false;
      marks[slot] = current;
      return true;
    },
    isMarked(uid) {
      const slot = slots.get(uid);
      return slot !== undefined && marks[slot] === current;
    },
    unmark(uid) {
      const slot = slots.get(uid);
      if (slot !== undefined) marks[slot] = 0;
    },
    delete(uid) {
      const slot = slots.get(uid);
      if (slot === undefined) return false;
      slots.delete(uid);
      free.push(slot);
      bytes -= sizes[slot] ?? 0;
      return true;
    },
    beginMarking() {
      current += 1;
      if (current <= MARKS) return;
      marks.fill(0);
      current = 1;
    },
    unmarked: () => [...slots].flatMap(([uid, slot]) => (marks[slot] === current ? [] : [uid])),
    uids: () => slots.keys(),
    bytesOf(uid) {
      const slot = slots.get(uid);
      return slot === undefined ? 0 : (sizes[slot] ?? 0);
    },
  };
}
