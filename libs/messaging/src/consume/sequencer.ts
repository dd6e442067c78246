/**
 * Puts the messages of a stream back into its order. It gives out sequences without a gap, and holds what came too early until
 * what is missing has come (a message that somebody else had in hand when it died comes late). What it has given out before
 * may come again and is given out again: a lost acknowledgement, or a server that lost its end.
 */
export interface Sequencer<T> {
  add(sequence: number, item: T): void;
  /** Takes out up to `max` items that are due, ascending. */
  take(max: number): T[];
  /** How many `take` would give. */
  readonly due: number;
  /** How many are held because one before them is missing. */
  readonly early: number;
  /** Gives up on what is missing before the first one held. */
  skipGap(): void;
}

/** `next` is the first sequence that is due; `undefined` for a source with gaps, where everything is due at once. */
export function createSequencer<T>(next: number | undefined): Sequencer<T> {
  const held = new Map<number, T>();
  let expected = next;

  const dueSequences = (): number[] => {
    const ascending = [...held.keys()].sort((a, b) => a - b);
    if (expected === undefined) return ascending;
    let reach = expected;
    return ascending.filter((sequence) => {
      if (sequence > reach) return false;
      if (sequence === reach) reach += 1;
      return true;
    });
  };

  return {
    add(sequence, item) {
      held.set(sequence, item);
    },
    take(max) {
      return dueSequences()
        .slice(0, max)
        .flatMap((sequence) => {
          const item = held.get(sequence);
          held.delete(sequence);
          if (expected !== undefined && sequence >= expected) expected = sequence + 1;
          return item === undefined ? [] : [item];
        });
    },
    get due() {
      return dueSequences().length;
    },
    get early() {
      return held.size - dueSequences().length;
    },
    skipGap() {
      if (expected !== undefined && held.size > 0) expected = Math.max(expected, Math.min(...held.keys()));
    },
  };
}
