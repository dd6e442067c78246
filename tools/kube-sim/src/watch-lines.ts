import type { FaultRules } from './fault-rules.ts';
import type { Representation } from './representation.ts';
import { statusDocument } from './status.ts';
import type { KubeObject, StoredEvent } from './store.ts';
import type { SimulatedType } from './types.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export const watchLine = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

const TOO_OLD = 'too old resource version';
export const goneLine = (): string => watchLine('ERROR', statusDocument(410, TOO_OLD));

export interface WatchLines {
  /** An object of the first state. */
  added(object: KubeObject): string;
  /** `undefined` when this watch does not select what happened. */
  event(event: StoredEvent): string | undefined;
  bookmark(version: number, initialEnd: boolean): string;
}

export interface WatchScope {
  readonly type: SimulatedType;
  readonly namespace: string | undefined;
  readonly selects: ((object: KubeObject) => boolean) | undefined;
  readonly as: Representation;
  /** What has this version or a lower one is not told: a watch may begin at a version that was never reached. */
  readonly after: number;
}

/** The lines of one watch. What stops being selected is deleted for this watch, and what begins to be is added, as on a real server. */
export function createWatchLines({ type, namespace, selects, as, after }: WatchScope, rules: FaultRules): WatchLines {
  const say = (word: string, object: KubeObject): string => watchLine(word, as.one(rules.said(type, object)));
  const selected = (object: KubeObject): boolean => selects?.(object) ?? true;
  const wordOf = (event: StoredEvent): string | undefined => {
    if (event.type !== 'MODIFIED') return selected(event.object) ? event.type : undefined;
    const [was, is] = [selected(event.before), selected(event.object)];
    if (is) return was ? 'MODIFIED' : 'ADDED';
    return was ? 'DELETED' : undefined;
  };
  return {
    added: (object) => say('ADDED', object),
    event(event) {
      if (event.groupResource !== type.groupResource || event.version <= after) return undefined;
      if (namespace !== undefined && event.object.metadata.namespace !== namespace) return undefined;
      const word = wordOf(event);
      return word === undefined ? undefined : say(word, event.object);
    },
    bookmark: (version, initialEnd) =>
      watchLine(
        'BOOKMARK',
        as.bookmark({
          resourceVersion: rules.versionSaid(version),
          ...(initialEnd ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
        }),
      ),
  };
}
