import { asNumber, asObject, asWord, at, parseObject, type JsonObject } from './json.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { believedMs } from './retry-after.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export type WatchEvent =
  | {
      readonly kind: 'upsert';
      readonly isAdded: boolean;
      readonly object: JsonObject;
      readonly version: string | undefined;
    }
  | { readonly kind: 'delete'; readonly object: JsonObject; readonly version: string | undefined }
  | { readonly kind: 'bookmark'; readonly version: string | undefined; readonly initialEnd: boolean }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly retryAfterMs?: number }
  | { readonly kind: 'garbage' };

/** One line of a watch. */
export function parseWatchEvent(text: string): WatchEvent {
  const event = parseObject(withoutManagedFields(text));
  const object = asObject(event?.['object']);
  if (object === undefined) return { kind: 'garbage' };
  const metadata = object['metadata'];
  const version = asWord(at(metadata, 'resourceVersion'));
  const word = event?.['type'];
  switch (word) {
    case 'ADDED':
    case 'MODIFIED':
      return { kind: 'upsert', isAdded: word === 'ADDED', object, version };
    case 'DELETED':
      return { kind: 'delete', object, version };
    case 'BOOKMARK':
      return { kind: 'bookmark', version, initialEnd: at(metadata, 'annotations', INITIAL_EVENTS_END) === 'true' };
    case 'ERROR': {
      const seconds = asNumber(at(object, 'details', 'retryAfterSeconds'));
      return {
        kind: 'error',
        code: asNumber(object['code']) ?? 500,
        message: asWord(object['message']) ?? 'the watch failed',
        ...(seconds === undefined ? {} : { retryAfterMs: believedMs(seconds * 1000) }),
      };
    }
    default:
      return { kind: 'garbage' };
  }
}

export const isDeleteInPrefix = (prefix: string): boolean => /^\s*\{\s*"type":\s*"DELETED"/.test(prefix);
