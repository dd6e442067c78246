import { delay, isFailure, messageOf, withTimeout } from '@mooring/kernel';
import type { Bus } from '@mooring/messaging';
import type { ReadinessContributor, ReadinessState } from '../health/readiness.ts';

/** What is known of an engine that a service stands on. */
export interface DependencyState {
  /** `denied`: it answers and refuses this service, which waiting alone will not cure. `unknown`: not asked yet. */
  readonly is: 'there' | 'missing' | 'denied' | 'unknown';
  readonly since: Date;
  /** Why it is missing, in the words of its client. */
  readonly reason?: string;
}

/** An engine that is asked again and again whether it is there, so that readiness knows without asking. */
export interface Dependency {
  /** For a person, as it begins a sentence. */
  readonly name: string;
  state(): DependencyState;
}

const REASON_LENGTH_MAX = 300;

/** One sentence: which engine, what is wrong with it, since when. Nothing while it is there. */
export function complaintOf(dependency: Dependency): string | undefined {
  const { name } = dependency;
  const { is, since, reason } = dependency.state();
  const at = since.toISOString();
  const why = reason === undefined ? '' : `: ${reason.split('\n', 1).join('').slice(0, REASON_LENGTH_MAX)}`;
  switch (is) {
    case 'there':
      return undefined;
    case 'unknown':
      return `${name} has not been reached yet`;
    case 'missing':
      return `${name} cannot be reached since ${at}${why}`;
    case 'denied':
      return `${name} refuses this service's credentials since ${at}${why}`;
  }
}

export const dependencyReadiness = (name: string, dependency: Dependency): ReadinessContributor => ({
  name,
  check(): ReadinessState {
    const complaint = complaintOf(dependency);
    if (complaint !== undefined) return { ready: false, message: complaint };
    return { ready: true, message: `there since ${dependency.state().since.toISOString()}` };
  },
});

export interface WatchOptions {
  readonly name: string;
  /** Resolves when the engine answers. Its signal aborts when the answer is not wanted any more. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
  /** How often it is asked, in milliseconds. */
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;
/** An engine that is slower than this does not serve anybody. */
const ANSWER_MS = 2_000;

/** Asks until `signal` aborts. What a probe throws is only noted. */
export function watchDependency({ name, probe, signal, everyMs = EVERY_MS }: WatchOptions): Dependency {
  let state: DependencyState = { is: 'unknown', since: new Date() };
  const note = (is: DependencyState['is'], reason?: string): void => {
    const since = state.is === is ? state.since : new Date();
    state = { is, since, ...(reason === undefined ? {} : { reason }) };
  };
  const ask = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await withTimeout(ANSWER_MS, 'timeout', name, probe);
        note('there');
      } catch (thrown) {
        note(isFailure(thrown, 'denied') ? 'denied' : 'missing', messageOf(thrown));
      }
      // A share of it at random, so that instances do not ask in step.
      await delay(everyMs * (0.5 + Math.random() / 2), signal);
    }
  };
  void ask();
  return { name, state: () => state };
}

/** The bus knows by itself how its connection is. */
export const busDependency = (bus: Bus): Dependency => ({
  name: 'NATS',
  state() {
    const { state, since, lastError, denied } = bus.status();
    const reason = lastError === undefined ? {} : { reason: lastError };
    if (state === 'connected') return { is: 'there', since };
    return { is: denied ? 'denied' : 'missing', since, ...reason };
  },
});
