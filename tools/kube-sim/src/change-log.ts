import type { KubeObject } from './store.ts';

interface Change {
  readonly version: number;
  readonly groupResource: string;
  readonly object: KubeObject;
}

/** `before` is the object as it was: a watch with a selector has to know whether it had it. */
export type StoredEvent =
  | (Change & { readonly type: 'ADDED' | 'DELETED' })
  | (Change & { readonly type: 'MODIFIED'; readonly before: KubeObject });

/** The recent past of a cluster and its version: one sequence for all types, as etcd's revision is. */
export interface ChangeLog {
  readonly version: number;
  /** Counts the version up and gives it. */
  next(): number;
  /** Remembers, and tells every listener. */
  record(event: StoredEvent): void;
  since(version: number): readonly StoredEvent[] | 'gone';
  compact(): void;
  subscribe(listener: (event: StoredEvent) => void): () => void;
}

export function createChangeLog(firstVersion: number, eventsKept: number): ChangeLog {
  let version = firstVersion;
  let forgottenUpTo = version;
  let events: StoredEvent[] = [];
  const listeners = new Set<(event: StoredEvent) => void>();
  return {
    get version() {
      return version;
    },
    next: () => (version += 1),
    record(event) {
      events.push(event);
      if (events.length > eventsKept * 2) {
        events = events.slice(-eventsKept);
        forgottenUpTo = (events[0]?.version ?? version + 1) - 1;
      }
      for (const listener of [...listeners]) listener(event);
    },
    since(after) {
      if (after < forgottenUpTo) return 'gone';
      return events.filter((event) => event.version > after);
    },
    compact() {
      // The next version is not given to any object: so nobody holds a version that is still good.
      version += 1;
      events = [];
      forgottenUpTo = version;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
