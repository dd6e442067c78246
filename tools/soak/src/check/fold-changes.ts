/** One message of the stream INVENTORY, as far as it matters here. */
export interface ChangesMessage {
  readonly type: string;
  readonly data: {
    readonly connectionId: string;
    readonly batch: number;
    readonly changes?: readonly { readonly op: 'upsert' | 'delete'; readonly uid: string; readonly hash?: string }[];
    readonly reason?: string;
  };
}

/** What somebody who only reads the stream knows of one cluster. */
export interface Followed {
  /** Hash by uid. */
  readonly objects: ReadonlyMap<string, string>;
  readonly batches: number;
  /** What must not be, in words. */
  readonly troubles: readonly string[];
}

export interface Follower extends Followed {
  /** Takes a message; `sequence` is its number in the stream. One that comes again is nothing new. */
  take(sequence: number, message: ChangesMessage): void;
}

const CHANGED = 'io.meshery.inventory.resources.changed.v1';

export function createFollower(connectionId: string): Follower {
  const objects = new Map<string, string>();
  const troubles: string[] = [];
  let lastSequence = 0;
  let lastBatch = 0;
  return {
    objects,
    troubles,
    get batches() {
      return lastBatch;
    },
    take(sequence, { type, data }) {
      if (data.connectionId !== connectionId || sequence <= lastSequence) return;
      lastSequence = sequence;
      if (data.batch !== lastBatch + 1) troubles.push(`batch ${data.batch} came after ${lastBatch}`);
      lastBatch = data.batch;
      if (type !== CHANGED) troubles.push(`batch ${data.batch} is ${type}: ${data.reason ?? 'no reason'}`);
      for (const { op, uid, hash = '' } of data.changes ?? []) {
        if (op === 'upsert') {
          if (objects.get(uid) === hash) troubles.push(`batch ${data.batch} repeats ${uid}`);
          objects.set(uid, hash);
        } else if (!objects.delete(uid)) troubles.push(`batch ${data.batch} deletes ${uid}, which was not there`);
      }
    },
  };
}
