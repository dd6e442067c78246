import type { Tail } from './tail.ts';

/** What a relay last knew of its stream. */
export interface Known {
  readonly lastSequence: number;
  /** The run that published the message there; absent for none or a foreign one. */
  readonly relay: string | undefined;
}

/**
 * How what a stream holds stands to what this run of a relay knew of it:
 * - `agreed`: nothing is there but what it read or published itself.
 * - `lost`: JetStream no longer has messages that it had acknowledged.
 * - `another`: another relay of the same producer has published.
 */
export type Standing = 'agreed' | 'lost' | 'another';

/** Pure. `relay` is the id of this run. A foreign message at the end changes nothing: no relay made it. */
export function standingOf(known: Known | undefined, tail: Tail, relay: string): Standing {
  if (known === undefined) return 'agreed';
  if (tail.lastSequence < known.lastSequence) return 'lost';
  const { own } = tail;
  if (own === undefined || own.relay === relay) return 'agreed';
  if (own.sequence > known.lastSequence) return 'another';
  return own.sequence === known.lastSequence && own.relay !== known.relay ? 'another' : 'agreed';
}
