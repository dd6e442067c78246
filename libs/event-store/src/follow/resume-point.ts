import { delay, Failure } from '@mooring/kernel';
import type { FollowSource, Sighting } from './source.ts';

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
 *
 * A store that stops, or moves its leader, may end any call like one that found nothing or was wrong. So what is not seen is looked
 * for again, for about 1.5 s, before the store is taken for another one.
 */
export async function resumePoint(
  source: FollowSource,
  from: bigint | 'start',
  lastHandled: HandledEvent | undefined,
  signal: AbortSignal,
): Promise<bigint | 'start'> {
  if (lastHandled !== undefined) await confirm(source, lastHandled, signal);
  if (from === 'start' || from === lastHandled?.position) return from;
  const sighting = lastHandled === undefined ? await lookHard(source, from, signal) : await source.lookAt(from);
  if (typeof sighting === 'object' && sighting.position === from) return from;
  if (lastHandled !== undefined) return lastHandled.position;
  if (sighting === 'refused') throw restored(`position ${from.toString()} was never given out by it`, from);
  return 'start';
}

const LOOKS = 5;
const LOOK_AGAIN_MS = 100;

async function lookHard(source: FollowSource, position: bigint, signal: AbortSignal): Promise<Sighting> {
  for (let look = 1; ; look += 1) {
    const sighting = await source.lookAt(position);
    if (typeof sighting === 'object' || look === LOOKS || signal.aborted) return sighting;
    await delay(LOOK_AGAIN_MS * 2 ** (look - 1), signal);
  }
}

async function confirm(source: FollowSource, { position, eventId }: HandledEvent, signal: AbortSignal): Promise<void> {
  const sighting = await lookHard(source, position, signal);
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
    { details: { position: position.toString(), anotherStore: true } },
  );
