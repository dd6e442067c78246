import { asWord, at } from './json.ts';
import { newScopeMemory, type Link, type ScopeMemory } from './link.ts';
import { createPause, runScope } from './run-scope.ts';
import type { Gathering, ObjectTaker } from './scope-run.ts';
import type { GroupResource, ResourceType } from './resource-type.ts';
import { scopesOf } from './scope.ts';
import { SENSED_TYPES, typeDefinedBy } from './sensed-types.ts';
import type { TypeRegistry } from './type-registry.ts';

const noop = (): Promise<void> => Promise.resolve();

/** Keeps nothing of what comes, and says that something came. */
const sensing = ({ catalogTouched, typeDefined }: Link, type: ResourceType): ObjectTaker => {
  let isRead = false;
  const touched = (): true => {
    catalogTouched(true);
    return true;
  };
  return {
    begin: (): Gathering => ({ complete: true, fresh: 0, repeated: 0 }),
    upsert(object, _isAdded, gathering) {
      if (gathering === undefined) catalogTouched(true);
      else typeDefined(typeDefinedBy(type, asWord(at(object, 'metadata', 'name'))));
    },
    remove: touched,
    oversized: touched,
    garbage: () => catalogTouched(true),
    busy: undefined,
    room: noop,
    finish() {
      // Read anew: what came and went since it was read before was not told.
      if (isRead) catalogTouched(true);
      isRead = true;
      return noop();
    },
  };
};

/** Follows what decides about types where it is not watched for its own sake, until the link is over. */
export function createSensors(link: Link, registry: TypeRegistry): { refresh(): void; idle(): Promise<void> } {
  const running = new Map<GroupResource, { stop(): void; readonly done: Promise<void> }>();
  const ended: Promise<void>[] = [];

  const sense = (type: ResourceType): { stop(): void; readonly done: Promise<void> } => {
    const stopping = new AbortController();
    const signal = AbortSignal.any([link.signal, stopping.signal]);
    const metadata: ResourceType = { ...type, depth: 'metadata' };
    const [scope] = scopesOf(metadata, {});
    if (scope === undefined) return { stop: () => undefined, done: noop() };
    const memory = newScopeMemory(scope, link.run.newBackoff());
    const report = (state: NonNullable<ScopeMemory['state']>['state']): Promise<void> => {
      memory.state = { state };
      return noop();
    };
    const { pause } = createPause(signal);
    const done = runScope(
      { link, type: metadata, memory, signal, objects: sensing(link, type), report, settled: noop },
      pause,
    );
    return { stop: () => stopping.abort(), done };
  };

  return {
    refresh() {
      for (const name of SENSED_TYPES) {
        const type = registry.offer?.types.get(name);
        const isWatched = registry.memories.has(name) && (registry.selection.labels ?? '') === '';
        const before = running.get(name);
        if (type !== undefined && !isWatched) {
          if (before === undefined) running.set(name, sense(type));
        } else if (before !== undefined) {
          before.stop();
          ended.push(before.done);
          running.delete(name);
        }
      }
    },
    async idle() {
      await Promise.all([...[...running.values()].map(({ done }) => done), ...ended]);
    },
  };
}
