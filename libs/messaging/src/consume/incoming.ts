import { decodeCloudEvent, parseKnown, typeStanding, type CloudEvent } from '@mooring/contracts';
import { isFailure, messageOf } from '@mooring/kernel';

/** What a message turned out to be. */
export type Incoming =
  | { readonly kind: 'event'; readonly event: CloudEvent }
  | { readonly kind: 'not-wanted' }
  | { readonly kind: 'unknown-type'; readonly type: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads a message. Pure, and never throws: whatever cannot be read is `unreadable` with the reason. `wanted` names the types
 * somebody here handles; a type that nobody wants is not looked at any further, also in a newer version.
 */
export function readIncoming(
  data: Uint8Array,
  headers: Iterable<readonly [string, string]>,
  wanted: (type: string) => boolean,
): Incoming {
  try {
    const event = decodeCloudEvent(data, headers);
    const standing = typeStanding(event.type);
    if (standing.kind === 'unknown') return { kind: 'unknown-type', type: event.type };
    if (!wanted(standing.kind === 'known' ? event.type : standing.known.type)) return { kind: 'not-wanted' };
    parseKnown(event);
    return { kind: 'event', event };
  } catch (thrown) {
    return { kind: 'unreadable', reason: isFailure(thrown) ? thrown.message : `malformed: ${messageOf(thrown)}` };
  }
}
