/** A message that waits to be stored in the stream. */
export interface OutgoingMessage {
  /** Its place in the outbox. Of one subject the lower goes first. */
  readonly place: bigint;
  /** The CloudEvent's id; also that of the message. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** Counts the messages of a subject. */
  readonly number: bigint;
  /** The CloudEvent in structured mode. */
  readonly data: Uint8Array;
}

/** A message as the stream holds it. */
export interface HeldMessage {
  readonly id: string;
  readonly subject: string;
  readonly number: bigint;
  /** In the stream. */
  readonly sequence: number;
}

/**
 * Where messages wait, written by somebody else in the transactions that they tell of. It also remembers up to which sequence the
 * stream is known to hold what was taken out. Each call is one transaction; what the database cannot do it throws as Failure.
 */
export interface OutboxStore {
  position(): Promise<number>;
  /**
   * What waits, in order of place, without those in hand. At most `max`, and at least one if there is any. A later message of a subject
   * never comes before an earlier one is in hand or gone.
   */
  waiting(inHand: readonly bigint[], max: number): Promise<readonly OutgoingMessage[]>;
  /**
   * The stream holds these: they are taken out, and the position moves on. Failure `conflict` when it is not `from` any more, because
   * somebody else publishes.
   */
  take(held: readonly HeldMessage[], from: number, to: number): Promise<void>;
  /**
   * The same after a crash, for what was found behind the position. What the outbox does not know of, it must once have known: it was
   * put back to an older copy. Whoever listens has to be told.
   */
  recognise(found: readonly HeldMessage[], from: number, to: number): Promise<void>;
  /** The stream lost what it held behind `to`; nobody has it any more. Whoever listens has to be told. */
  lost(from: number, to: number): Promise<void>;
}
