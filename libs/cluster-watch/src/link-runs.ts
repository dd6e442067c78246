import { settleType } from './first-state.ts';
import type { Link, ScopeMemory, TypeMemory } from './link.ts';
import { createObjectTaker } from './object-taker.ts';
import type { GroupResource } from './resource-type.ts';
import { createPause, runScope } from './run-scope.ts';
import type { TierProgress } from './tiers.ts';
import type { Runner } from './type-registry.ts';
import { reportType } from './type-report.ts';

interface Running {
  readonly memory: TypeMemory;
  readonly scope: ScopeMemory;
  stop(): void;
  readonly wake: () => void;
  readonly done: Promise<void>;
}

/** The scopes that are read over one link. */
export interface LinkRuns extends Runner {
  /** Types that were not there are asked for again now. */
  wakeMissing(): void;
  /** Where objects were left out for want of room, they are read again. */
  rereadLeftOut(): void;
  /** Resolves when everything that was started is over. */
  idle(): Promise<void>;
}

export function createLinkRuns(link: Link, progress: TierProgress): LinkRuns {
  const byKey = new Map<string, Running>();
  const ending = new Map<string, Promise<void>>();
  const keyOf = (type: GroupResource, scopeKey: string): string => `${type} ${scopeKey}`;

  const begin = (memory: TypeMemory, scope: ScopeMemory, after: Promise<void> | undefined): Running => {
    const stopping = new AbortController();
    const signal = AbortSignal.any([link.signal, stopping.signal]);
    const { pause, wake } = createPause(signal);
    const { run } = link;
    const report = async (): Promise<void> => {
      if (!stopping.signal.aborted) await reportType(run, memory);
    };
    scope.isSettled = false;
    const read = async (): Promise<void> => {
      await after;
      await runScope(
        {
          ...{ link, type: memory.type, memory: scope, signal },
          objects: createObjectTaker(link, memory, scope, report),
          report(state, reason) {
            scope.state = { state, ...(reason === undefined ? {} : { reason }) };
            return report();
          },
          async settled() {
            scope.isSettled = true;
            await settleType(run, memory);
            // What this scope was the last to let be compared is in the snapshot that it completes.
            await run.outbox.flush();
            const isSettled = [...memory.scopes.values()].every((each) => each.isSettled);
            if (isSettled && !stopping.signal.aborted) await progress.settled(memory.type.groupResource);
          },
        },
        pause,
      );
    };
    const done = read();
    return { memory, scope, wake, done, stop: () => stopping.abort() };
  };

  const start: Runner['start'] = (memory, scope) => {
    const key = keyOf(memory.type.groupResource, scope.scope.key);
    if (byKey.has(key)) return;
    progress.opened(memory);
    byKey.set(key, begin(memory, scope, ending.get(key)));
  };
  const stop: Runner['stop'] = (type, scopeKey) => {
    const key = keyOf(type, scopeKey);
    const running = byKey.get(key);
    if (running === undefined) return;
    byKey.delete(key);
    running.stop();
    const done = running.done.then(() => {
      if (ending.get(key) === done) ending.delete(key);
    });
    ending.set(key, done);
  };

  return {
    start,
    stop,
    dropped: (type) => progress.dropped(type),
    wakeMissing() {
      for (const { scope, wake } of byKey.values()) if (scope.state?.state === 'missing') wake();
    },
    rereadLeftOut() {
      for (const { memory, scope } of [...byKey.values()]) {
        if (scope.overLimit === 0) continue;
        stop(memory.type.groupResource, scope.scope.key);
        scope.version = undefined;
        start(memory, scope);
      }
    },
    async idle() {
      await Promise.all([...[...byKey.values()].map(({ done }) => done), ...ending.values()]);
    },
  };
}
