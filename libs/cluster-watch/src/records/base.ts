/** A reference to the object that made or controls another. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** Group and version of the owner's kind, e.g. `apps/v1`. */
  readonly apiVersion?: string;
}

/** What every record has. A field that the cluster does not give is left out, never guessed. Annotations are not kept. */
export interface RecordBase {
  readonly uid: string;
  readonly apiVersion: string;
  /** Left out for what belongs to no namespace. */
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339 UTC. A time in the future is kept: clocks differ. What is no time is left out. */
  readonly creationTimestamp?: string;
  /** There from the moment a deletion was asked for until the object is gone. */
  readonly deletionTimestamp?: string;
  /** The controlling owner, else the first one. */
  readonly owner?: Owner;
  /** Every other owner, in the cluster's order. */
  readonly otherOwners?: readonly Owner[];
  /** Names of the fields of this record of which something was left out because it was too large, sorted (`bounds.ts`). */
  readonly cut?: readonly string[];
}

/** All that is kept of an object of which only metadata was read. */
export interface MetadataRecord extends RecordBase {
  readonly kind: string;
  readonly metadataOnly: true;
}

/** Without the times at which a condition was last looked at: those change every few seconds and say nothing. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A label selector of equalities: every pair has to be there; the empty one selects everything in its scope. */
export type Selector = Readonly<Record<string, string>>;
