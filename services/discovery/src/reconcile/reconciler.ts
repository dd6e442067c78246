import { setMaxListeners } from 'node:events';
import { createBackoff, delay, isFailure, messageOf } from '@mooring/kernel';
import type { Logger } from '@mooring/service-host';
import type { DesiredStore } from '../adapters/desired-store.ts';
import type { Desired } from '../domain/desired.ts';
import { modeOf } from '../domain/mode.ts';
import { planWorkers } from '../domain/plan.ts';
import { SHARDS, shardOf } from '../domain/shard.ts';
import type { Worker } from './worker.ts';

export interface ReconcilerOptions {
  readonly desired: DesiredStore;
  readonly createWorker: (desired: Desired) => Worker;
  /** Calls `onHeld` in one process at a time per shard, and again when it was lost, until `signal` aborts. */
  readonly holdShard: (
    shard: number,
    onHeld: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly intervalMs: number;
  readonly log: Logger;
}

/** Keeps one worker for every connection of this instance's shards that needs one, by comparing what should be so with what runs. */
export interface Reconciler extends AsyncDisposable {
  /** Compares now. */
  poke(): void;
  /** A credential came or went; without an id, any may have. */
  noteCredential(credentialId: string | undefined): void;
  /** How many clusters this instance looks after, and in how many shards. */
  readonly load: { readonly workers: number; readonly shards: number };
}

interface Slot {
  readonly worker: Worker;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

const RESTART = { minMs: 500, maxMs: 60_000 };

/** Asked in a function, since TypeScript takes a property for unchanged across an await. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { log, intervalMs } = options;
  const stopping = new AbortController();
  // One listener per worker and shard: many by design.
  setMaxListeners(0, stopping.signal);
  const shards = new Map<number, AbortSignal>();
  const slots = new Map<string, Slot>();
  const known = new Map<string, { readonly version: number; readonly desired: Desired }>();
  let poked = Promise.withResolvers<undefined>();
  const poke = (): void => {
    poked.resolve(undefined);
  };

  const keep = async (connectionId: string, worker: Worker, signal: AbortSignal): Promise<void> => {
    const backoff = createBackoff(RESTART);
    while (!signal.aborted) {
      try {
        await worker.run(signal);
        return;
      } catch (thrown) {
        if (isOver(signal)) return;
        const about = { connectionId, error: messageOf(thrown) };
        if (isFailure(thrown) && thrown.retryCanHelp) log.warn(about, 'looking after a cluster was interrupted');
        else log.error({ ...about, err: thrown }, 'looking after a cluster failed; it starts again');
        await delay(backoff.next(), signal);
      }
    }
  };

  const start = (connectionId: string): void => {
    const desired = known.get(connectionId)?.desired;
    const shard = shards.get(shardOf(connectionId));
    if (desired === undefined || shard === undefined) return;
    const worker = options.createWorker(desired);
    const stop = new AbortController();
    const ended = keep(connectionId, worker, AbortSignal.any([shard, stop.signal])).finally(() => {
      slots.delete(connectionId);
      poke();
    });
    slots.set(connectionId, { worker, stopping: stop, ended });
  };

  const learn = async (): Promise<void> => {
    const standings = await options.desired.standings();
    for (const id of known.keys()) if (!standings.has(id)) known.delete(id);
    const changed = [...standings].filter(([id, { version }]) => known.get(id)?.version !== version);
    for (const desired of await options.desired.read(changed.map(([id]) => id))) {
      // The row may be newer than its version was; then it is read once more, to no effect.
      known.set(desired.connectionId, { version: standings.get(desired.connectionId)?.version ?? 0, desired });
      slots.get(desired.connectionId)?.worker.update(desired);
    }
    for (const [id, { worker }] of slots) worker.attend(standings.get(id)?.isViewed === true ? 'close' : 'normal');
  };

  const reconcile = async (): Promise<void> => {
    await learn();
    const wanted = [...known]
      .filter(([id]) => shards.has(shardOf(id)))
      .map(([connectionId, { desired }]) => ({ connectionId, mode: modeOf(desired) }));
    const plan = planWorkers(wanted, new Set(slots.keys()));
    for (const id of plan.stop) slots.get(id)?.stopping.abort();
    for (const id of plan.start) start(id);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      poked = Promise.withResolvers();
      try {
        if (shards.size > 0) await reconcile();
      } catch (thrown) {
        log.warn({ error: messageOf(thrown) }, 'what should be so cannot be read; it is tried again');
      }
      await Promise.race([poked.promise, delay(intervalMs, stopping.signal)]);
    }
  };

  const hold = async (shard: number, signal: AbortSignal): Promise<void> => {
    setMaxListeners(0, signal);
    const over = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (signal.aborted) return;
    shards.set(shard, signal);
    poke();
    await over;
    shards.delete(shard);
    // The lease is given back when this returns, so whatever runs under it has to end first.
    await Promise.all([...slots].filter(([id]) => shardOf(id) === shard).map(([, { ended }]) => ended));
  };

  const running = [
    run(),
    ...Array.from({ length: SHARDS }, (_none, shard) =>
      options.holdShard(shard, (signal) => hold(shard, signal), stopping.signal),
    ),
  ];

  return {
    poke,
    noteCredential(id) {
      for (const { worker } of slots.values()) worker.noteCredential(id);
    },
    get load() {
      return { workers: slots.size, shards: shards.size };
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      poke();
      await Promise.all(running);
    },
  };
}
