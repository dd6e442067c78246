import { Failure } from '@mooring/kernel';
import type { FollowSource } from './source.ts';

/** The last event that was handled. */
export interface HandledEvent {
  readonly position: bigint;
  readonly eventId: string;
}

/**
 * Where following can go on without losing anything, given how far it came before.
 *
 * The store must hold the last handled event where it was: else it was put back to another copy, and this throws Failure
 * `corrupt`. A position beyond that event is a checkpoint, at a record that may be hidden from reads; where it is not seen
 * there, following goes back to the last handled event (or the start, when there was none): slower, but sure.
 */
export async function resumePoint(
  source: FollowSource,
  from: bigint | 'start',
  lastHandled: HandledEvent | undefined,
): Promise<bigint | 'start'> {
  if (lastHandled !== undefined) await confirm(source, lastHandled);
  if (from === 'start' || from === lastHandled?.position) return from;
  const sighting = await source.lookAt(from);
  if (typeof sighting === 'object' && sighting.position === from) return from;
  if (lastHandled !== undefined) return lastHandled.position;
  if (sighting === 'refused') throw restored(`position ${from.toString()} was never given out by it`, from);
  return 'start';
}

async function confirm(source: FollowSource, { position, eventId }: HandledEvent): Promise<void> {
  const sighting = await source.lookAt(position);
  if (typeof sighting === 'object' && sighting.position === position && sighting.eventId === eventId) return;
  const found =
    sighting === 'nothing'
      ? 'its log ends before that'
      : sighting === 'refused'
        ? 'it never gave out that position'
        : `it holds event ${sighting.eventId} at ${sighting.position.toString()}`;
  throw restored(`event ${eventId} was handled at position ${position.toString()}, but ${found}`, position);
}

const restored = (finding: string, position: bigint): Failure =>
  new Failure(
    'corrupt',
    `The event store is not the one followed before: ${finding}. It was probably restored from an older copy. ` +
      `Restore the copy that matches, or drop what was derived from it (the read model, the published stream) so that it is built anew.`,
    { details: { position: position.toString() } },
  );
