import { delay, isFailure, messageOf } from '@mooring/kernel';
import { withLease, type Database } from '@mooring/read-model';
import type { ReadinessContributor, ReadinessState } from '../health/readiness.ts';
import type { Logger } from '../logs/logger.ts';

/** What runs beside requests: each under a lease of its own, awaited at the stop. */
export interface Background extends AsyncDisposable {
  /** Why the event store is not the one that this service followed before; nothing as long as no part has found that. */
  readonly anotherStore: string | undefined;
  /** What a running part says of itself, by its name. */
  report(name: string, state: () => ReadinessState): void;
  /** Runs a part whenever this instance holds its lease, from when `prepared` has resolved until the service stops. */
  start(name: string, run: (signal: AbortSignal) => Promise<void>): void;
}

export interface BackgroundOptions<DB> {
  readonly service: string;
  readonly log: Logger;
  readonly stopping: AbortSignal;
  readonly db: Database<DB>;
  /** When the tables of the service are there. */
  readonly prepared: Promise<void>;
  /** Gets a contributor per part. */
  readonly readiness: ReadinessContributor[];
}

/** Who is refused may be let in later, without a restart. */
const DENIED_RETRY_MS = 5_000;

export function createBackground<DB>(options: BackgroundOptions<DB>): Background {
  const { service, log, stopping, db, prepared, readiness } = options;
  const running: Promise<void>[] = [];
  const ended = new Map<string, string>();
  const held = new Map<string, boolean>();
  let anotherStore: string | undefined;
  const reports = new Map<string, () => ReadinessState>();

  const stateOf = (name: string): ReadinessState => {
    const failure = ended.get(name);
    if (failure !== undefined) return { ready: false, message: failure };
    if (held.get(name) !== true) return { ready: true, message: 'another instance does it, or it is about to start' };
    return reports.get(name)?.() ?? { ready: true };
  };

  const runUnderLease = async (name: string, run: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    while (!stopping.aborted) {
      try {
        await withLease({
          db,
          name: `${service} ${name}`,
          signal: stopping,
          onHeld: (signal) => {
            ended.delete(name);
            return run(signal);
          },
          onStatus: ({ held: now }) => void held.set(name, now),
        });
        return;
      } catch (thrown) {
        ended.set(name, messageOf(thrown));
        if (isFailure(thrown, 'corrupt') && thrown.details['anotherStore'] === true) anotherStore ??= messageOf(thrown);
        const again = isFailure(thrown, 'denied');
        const outcome = again ? 'is refused, trying again' : 'ended and cannot go on';
        log.error({ err: thrown, part: name }, `${name} ${outcome}: ${messageOf(thrown)}`);
        if (!again) return;
        await delay(DENIED_RETRY_MS, stopping);
      }
    }
  };

  return {
    get anotherStore() {
      return anotherStore;
    },
    report: (name, state) => void reports.set(name, state),
    start(name, run) {
      readiness.push({ name, check: () => stateOf(name) });
      // What keeps the tables from being there is the start's own matter.
      running.push(
        prepared.then(
          () => runUnderLease(name, run),
          () => undefined,
        ),
      );
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(running);
    },
  };
}
