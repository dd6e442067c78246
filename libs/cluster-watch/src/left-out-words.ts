import type { Unread, UnreadCause } from './unread.ts';
import type { WatchLimits } from './watch-options.ts';

const OBJECTS_TOLD = 3;

const KIB = 1024;

/** In the largest unit that gives a whole number. */
const bytesInWords = (bytes: number): string => {
  if (bytes % KIB ** 2 === 0) return `${bytes / KIB ** 2} MiB`;
  return bytes % KIB === 0 ? `${bytes / KIB} KiB` : `${bytes} bytes`;
};

const causeInWords = (cause: UnreadCause, kind: string, lineBytesMax: number): string => {
  switch (cause) {
    case 'too-large':
      return `too large: more than ${bytesInWords(lineBytesMax)}`;
    case 'another-kind':
      return `of another kind than ${kind}`;
    case 'no-identity':
      return 'without a uid or a name';
    case 'not-understood':
      return 'not understood';
  }
};

const leftOut = (count: number): string => (count === 1 ? '1 object was left out' : `${count} objects were left out`);

/** What could not be read, for a person: how many, up to three of them by name, and why; `undefined` where that is nothing. */
export function unreadInWords(
  unread: readonly Unread[],
  { kind, lineBytesMax }: { readonly kind: string; readonly lineBytesMax: number },
): string | undefined {
  const count = unread.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return undefined;
  const because = (cause: UnreadCause): string => causeInWords(cause, kind, lineBytesMax);
  const told = unread.flatMap((each) => each.objects().slice(0, OBJECTS_TOLD)).slice(0, OBJECTS_TOLD);
  const nameless = new Map<UnreadCause, number>();
  for (const each of unread)
    for (const [cause, more] of each.nameless) nameless.set(cause, (nameless.get(cause) ?? 0) + more);
  const more = [...nameless.values()].reduce((rest, each) => rest - each, count - told.length);
  const parts = [
    ...told.map(({ name, cause }) => `${name} (${because(cause)})`),
    ...[...nameless].map(([cause, each]) => `${each} that cannot be named (${because(cause)})`),
  ].join(', ');
  return `${leftOut(count)}: ${parts}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Objects for which there was no room, for a person: only limits that are set are named. `undefined` for none of them. */
export function overLimitInWords(
  count: number,
  { objectsMax, recordBytesMax }: Pick<WatchLimits, 'objectsMax' | 'recordBytesMax'>,
): string | undefined {
  if (count === 0) return undefined;
  const limits = [
    ...(Number.isFinite(objectsMax) ? [`${objectsMax} objects`] : []),
    ...(Number.isFinite(recordBytesMax) ? [`${bytesInWords(recordBytesMax)} of records`] : []),
  ].join(' or ');
  return `${leftOut(count)}: the limit of ${limits} for this cluster is reached`;
}
