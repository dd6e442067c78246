/** What a client expects of a stream before it writes; a bigint is the exact last revision. */
export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | bigint;

export interface StreamFacts {
  /** Revision of the last event, -1 without any. */
  readonly last: number;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  /** Whether metadata was ever written for it. */
  readonly hasMetadata: boolean;
}

export interface StoredIds {
  /** The lowest revision at which the stream holds this event id. */
  revisionOf(id: string): number | undefined;
  idAt(revision: number): string | undefined;
}

export type Decision =
  | { readonly kind: 'append' }
  /** All of it was written before: success, up to this revision, and nothing is written. */
  | { readonly kind: 'repeat'; readonly revision: number }
  | { readonly kind: 'wrong-expected-version' }
  | { readonly kind: 'stream-deleted' };

const APPEND: Decision = { kind: 'append' };
const WRONG: Decision = { kind: 'wrong-expected-version' };
const DELETED: Decision = { kind: 'stream-deleted' };

/**
 * EventStoreDB's rule for a write with an expected revision, in its order: a tombstone refuses everything; without an
 * exact revision the first id alone decides whether this is a repeat; with one, the ids behind the expected revision do.
 * Deletes and tombstones ask the same question with a new id.
 */
export function decideAppend(
  stream: StreamFacts,
  expected: ExpectedRevision,
  ids: readonly string[],
  stored: StoredIds,
): Decision {
  if (stream.tombstoned) return DELETED;
  if (expected === 'stream_exists') {
    if (stream.softDeleted) return DELETED;
    if (stream.last < 0 && !stream.hasMetadata) return WRONG;
  }
  if (expected === 'any' || expected === 'stream_exists') return withoutRevision(ids, stored);
  const revision = expected === 'no_stream' ? -1 : Number(expected);
  if (revision === stream.last) return APPEND;
  if (revision > stream.last) return WRONG;
  return behindTheLast(revision, stream, ids, stored);
}

/** A known first id makes it a repeat, and then all must be known, in any order; an unknown one makes all of them new. */
function withoutRevision(ids: readonly string[], stored: StoredIds): Decision {
  const [first] = ids;
  if (first === undefined || stored.revisionOf(first) === undefined) return APPEND;
  const revisions = ids.map((id) => stored.revisionOf(id));
  const last = revisions.at(-1);
  return last === undefined || revisions.includes(undefined) ? WRONG : { kind: 'repeat', revision: last };
}

function behindTheLast(revision: number, stream: StreamFacts, ids: readonly string[], stored: StoredIds): Decision {
  if (ids.length === 0) return WRONG;
  const mismatch = ids.findIndex((id, index) => stored.idAt(revision + 1 + index) !== id);
  if (mismatch === -1) return { kind: 'repeat', revision: revision + ids.length };
  return mismatch === 0 && revision === -1 && stream.softDeleted ? APPEND : WRONG;
}
