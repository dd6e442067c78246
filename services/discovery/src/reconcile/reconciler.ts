import { createBackoff, delay, messageOf } from '@mooring/kernel';
import type { Logger } from '@mooring/service-host';
import type { DesiredStore } from '../adapters/desired-store.ts';
import { modeOf } from '../domain/mode.ts';
import { planWorkers } from '../domain/plan.ts';
import type { Desired } from '../domain/desired.ts';
import type { Worker } from './worker.ts';

export interface ReconcilerOptions {
  readonly desired: DesiredStore;
  readonly createWorker: (desired: Desired) => Worker;
  /** Runs `work` in one process at a time per connection, and again when it was interrupted, until it resolves or `signal` aborts. */
  readonly runAlone: (
    connectionId: string,
    work: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly intervalMs: number;
  readonly log: Logger;
}

/** Keeps one worker for every connection that needs one, by comparing what should be so with what runs. */
export interface Reconciler extends AsyncDisposable {
  /** Compares now. */
  poke(): void;
  /** A credential came or went; without an id, any may have. */
  noteCredential(credentialId: string | undefined): void;
  readonly workers: number;
}

interface Slot {
  readonly worker: Worker;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

const RESTART = { minMs: 1_000, maxMs: 60_000 };

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { log, intervalMs } = options;
  const stopping = new AbortController();
  const slots = new Map<string, Slot>();
  const known = new Map<string, { readonly version: number; readonly desired: Desired }>();
  let poked = Promise.withResolvers<undefined>();

  const poke = (): void => poked.resolve(undefined);

  const keep = async (connectionId: string, worker: Worker, signal: AbortSignal): Promise<void> => {
    const backoff = createBackoff(RESTART);
    while (!signal.aborted) {
      try {
        await options.runAlone(connectionId, (held) => worker.run(held), signal);
        return;
      } catch (thrown) {
        log.error({ connectionId, error: messageOf(thrown) }, 'looking after a cluster failed; it starts again');
        await delay(backoff.next(), signal);
      }
    }
  };

  const start = (connectionId: string): void => {
    const desired = known.get(connectionId)?.desired;
    if (desired === undefined) return;
    const worker = options.createWorker(desired);
    const stop = new AbortController();
    const signal = AbortSignal.any([stopping.signal, stop.signal]);
    const ended = keep(connectionId, worker, signal).finally(() => {
      slots.delete(connectionId);
      poke();
    });
    slots.set(connectionId, { worker, stopping: stop, ended });
  };

  const learn = async (): Promise<void> => {
    const versions = await options.desired.versions();
    for (const id of known.keys()) if (!versions.has(id)) known.delete(id);
    const changed = [...versions].filter(([id, version]) => known.get(id)?.version !== version);
    for (const desired of await options.desired.read(changed.map(([id]) => id))) {
      // The row may be newer than its version was; then it is read once more, to no effect.
      known.set(desired.connectionId, { version: versions.get(desired.connectionId) ?? 0, desired });
      slots.get(desired.connectionId)?.worker.update(desired);
    }
  };

  const reconcile = async (): Promise<void> => {
    await learn();
    const wanted = [...known].map(([connectionId, { desired }]) => ({ connectionId, mode: modeOf(desired) }));
    const plan = planWorkers(wanted, new Set(slots.keys()));
    for (const id of plan.stop) slots.get(id)?.stopping.abort();
    for (const id of plan.start) start(id);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      poked = Promise.withResolvers();
      try {
        await reconcile();
      } catch (thrown) {
        log.warn({ error: messageOf(thrown) }, 'what should be so cannot be read; it is tried again');
      }
      await Promise.race([poked.promise, delay(intervalMs, stopping.signal)]);
    }
  };
  const running = run();

  return {
    poke,
    noteCredential(id) {
      for (const { worker } of slots.values()) worker.noteCredential(id);
    },
    get workers() {
      return slots.size;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      poke();
      await running;
      await Promise.all([...slots.values()].map(({ ended }) => ended));
    },
  };
}
