import { setMaxListeners } from 'node:events';
import { createBackoff } from '@mooring/kernel';
import type { Digest } from './digest.ts';
import { createFlushPace, type Attention } from './flush-pace.ts';
import { createHoldings } from './holdings.ts';
import { createKnowledge } from './knowledge.ts';
import type { WatchRun } from './link.ts';
import { createOutbox } from './outbox.ts';
import { createPace } from './pace.ts';
import type { GroupResource } from './resource-type.ts';
import { runLinks, type WatchEnd } from './run-links.ts';
import type { Selection } from './selection.ts';
import { createSerialSink } from './serial-sink.ts';
import type { ClusterSink, KindState } from './sink.ts';
import type { TierProgress } from './tiers.ts';
import { createTypeRegistry, type TypeRegistry } from './type-registry.ts';
import { countTypes } from './type-report.ts';
import { DEFAULT_LIMITS, timingOf, type WatchOptions } from './watch-options.ts';

/** What a watch is using, and what held it back. */
export interface WatchUsage {
  readonly objects: number;
  /** Of their records as JSON; what was known before the watch and was not read again counts nothing. */
  readonly recordBytes: number;
  readonly pendingChanges: number;
  /** How long changes wait for others now. */
  readonly flushMs: number;
  readonly connections: number;
  readonly streams: number;
  /** Types by the state that was last told of them; one of which nothing was told yet is `listing`. */
  readonly kinds: Readonly<Partial<Record<KindState, number>>>;
  /** Objects that are left out now, of all types (see `KindStatus`). */
  readonly leftOut: number;
  /** Milliseconds that changes, and bytes from the server, were made to wait for their limits, altogether. */
  readonly changesHeldBackMs: number;
  readonly bytesHeldBackMs: number;
}

export interface ClusterWatch extends AsyncDisposable {
  /** Settles when the watch has ended and the sink is called no more. Rejects only with what the sink (or `known`) threw. */
  readonly finished: Promise<WatchEnd>;
  /**
   * Watches something else from now on. Only the watches concerned start or stop; what is selected before and after is not repeated, and what
   * is no longer selected is emitted as deletes, with the status `removed` for a type that goes whole.
   */
  select(selection: Selection): void;
  /** How much somebody cares to see the changes of this cluster at once. Default `normal`. */
  attend(attention: Attention): void;
  /** Of what the cluster has of a type, as far as it was read: empty for what is not watched, and before its first state began. */
  digest(type: GroupResource): Digest;
  usage(): WatchUsage;
  /** Stops; resolves when `finished` has settled. Never rejects. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Watches one cluster over one HTTP/2 connection until told to stop, whatever happens to the cluster meanwhile. See {@link ClusterSink}
 * for what is delivered in which order. Values of secrets and config maps are never kept, and without `keys` not even read.
 */
export function watchCluster(options: WatchOptions, sink: ClusterSink): ClusterWatch {
  const stopping = new AbortController();
  const stop = AbortSignal.any([stopping.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  setMaxListeners(0, stop);
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    stopping.abort();
  };
  const { now = () => new Date(), random = Math.random } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timing = timingOf(options.timing);
  const serial = createSerialSink(sink, stop, fail);
  const holdings = createHoldings(limits);
  const flushPace = createFlushPace(timing);
  const changePace = createPace(limits.changesPerSecondMax, limits.changesPerSecondMax);
  const bytePace = createPace(limits.bytesPerSecondMax, limits.bytesPerSecondMax);
  const { batchChanges } = limits;
  const outbox = createOutbox(holdings, serial, { batchChanges, flushPace, changePace, signal: stop });
  const newBackoff: WatchRun['newBackoff'] = () =>
    createBackoff({ minMs: timing.backoffMinMs, maxMs: timing.backoffMaxMs, random });

  let selection = options.selection ?? {};
  let registry: TypeRegistry | undefined;
  let hears: Pick<TierProgress, 'selectionChanged'> | undefined;
  let pool: { readonly connections: number; readonly streams: number } | undefined;

  const run = async (): Promise<WatchEnd> => {
    const accepted = new Set<GroupResource>();
    for await (const { type, uid, hash } of options.initial ?? []) {
      holdings.of(type).accept(uid, hash);
      accepted.add(type);
    }
    const knowledge = createKnowledge((await options.known?.roots()) ?? new Map(), options.known);
    const watchRun: WatchRun = {
      ...{ holdings, knowledge, outbox, sink: serial, timing, limits, bytePace, now, random, newBackoff, fail },
    };
    registry = createTypeRegistry(watchRun, selection, accepted);
    return await runLinks({
      ...{ options, run: watchRun, registry, stop },
      known: () => [...knowledge.types(), ...accepted],
      onOpen(opened) {
        hears = opened;
        ({ pool } = opened);
      },
    });
  };
  const finish = async (): Promise<WatchEnd> => {
    try {
      return await run();
    } finally {
      stopping.abort();
      outbox.close();
      await serial.idle();
      // eslint-disable-next-line no-unsafe-finally -- the sink's own error is the reason for the end
      if (failure !== undefined) throw failure.error;
    }
  };
  const finished = finish();
  const quietly = finished.then(
    () => undefined,
    () => undefined,
  );
  return {
    finished,
    select(next) {
      selection = next;
      registry?.select(next);
      hears?.selectionChanged();
    },
    attend: (attention) => flushPace.setAttention(attention),
    digest: (type) => holdings.of(type).digest(),
    usage: () => ({
      objects: holdings.objects,
      recordBytes: holdings.recordBytes,
      pendingChanges: holdings.pendingCount,
      flushMs: flushPace.flushMs,
      connections: pool?.connections ?? 0,
      streams: pool?.streams ?? 0,
      ...countTypes(registry?.memories.values() ?? []),
      changesHeldBackMs: changePace.heldBackMs,
      bytesHeldBackMs: bytePace.heldBackMs,
    }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await quietly;
    },
  };
}
