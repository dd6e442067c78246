import type { Attention } from '@mooring/cluster-watch';
import type { Desired } from '../domain/desired.ts';
import { NOTHING_KNOWN, type Knowledge } from '../domain/details.ts';
import { UNKNOWN, type Observed } from '../domain/observed.ts';
import type { Reported } from '../domain/reporting.ts';
import type { Told } from '../domain/watch.ts';

/** What a worker knows: what should be so, what is so, and what it said about it. */
export interface Facts {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly knowledge: Knowledge;
  readonly reported?: Reported;
  readonly told: Told;
  /** How much somebody cares to see changes at once. */
  readonly attention: Attention;
}

/** The facts of one worker, and a way to wait for them to change. */
export interface Situation {
  readonly facts: Facts;
  change(change: Partial<Facts>): void;
  /**
   * Resolves when `condition` holds (at once if it does already), when `withinMs` have passed or when `signal` aborts,
   * whichever is first. `condition` is asked again at every change.
   */
  until(condition: (facts: Facts) => boolean, signal: AbortSignal, withinMs?: number): Promise<void>;
}

export function createSituation(desired: Desired, reported: Reported | undefined, told: Told): Situation {
  let facts: Facts = {
    ...{ desired, observed: UNKNOWN, knowledge: NOTHING_KNOWN, told, attention: 'normal' },
    ...(reported === undefined ? {} : { reported }),
  };
  const listeners = new Set<() => void>();
  return {
    get facts() {
      return facts;
    },
    change(change) {
      facts = { ...facts, ...change };
      for (const listener of [...listeners]) listener();
    },
    until(condition, signal, withinMs) {
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(check);
          signal.removeEventListener('abort', finish);
          resolve();
        };
        const check = (): void => {
          if (condition(facts)) finish();
        };
        const timer = withinMs === undefined ? undefined : setTimeout(finish, withinMs);
        if (signal.aborted) {
          finish();
          return;
        }
        signal.addEventListener('abort', finish, { once: true });
        listeners.add(check);
        check();
      });
    },
  };
}
