import { once, setMaxListeners } from 'node:events';
import { watchCatalog, type CatalogMemory } from './catalog-watch.ts';
import type { Link, WatchRun } from './link.ts';
import { createLinkRuns, type LinkRuns } from './link-runs.ts';
import { createPace } from './pace.ts';
import { createRecognition } from './recognition.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { GroupResource } from './resource-type.ts';
import { createSensors } from './sensors.ts';
import type { Session } from './session.ts';
import { createSlots } from './slots.ts';
import type { StreamPool } from './stream-pool.ts';
import { createTierProgress, type TierProgress } from './tiers.ts';
import type { TypeRegistry } from './type-registry.ts';

export interface LinkOptions {
  readonly run: WatchRun;
  readonly session: Session;
  readonly pool: StreamPool;
  readonly registry: TypeRegistry;
  readonly catalog: CatalogMemory;
  /** Types of which the sink has something from before. */
  readonly known: () => readonly GroupResource[];
  /** 1 for the first link of the watch. */
  readonly number: number;
  /** Whether first states may be asked for as a stream. */
  readonly streams: boolean;
  readonly stop: AbortSignal;
  /** Gets what has to hear of a new selection. */
  readonly onOpen: (hears: Pick<TierProgress, 'selectionChanged'>) => void;
}

/** Watches everything that is wanted over one connection until that is lost (the reason) or the watch is stopped (`undefined`). */
export async function runLink(options: LinkOptions): Promise<ClusterRefusal | undefined> {
  const { run, session, pool, registry, stop } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  // One listener per request and pause of every type: many by design, and gone with the link.
  setMaxListeners(0, signal);
  let loss: ClusterRefusal | undefined;
  const lose = (refusal: ClusterRefusal): void => {
    loss ??= refusal;
    ended.abort();
  };
  void session.lost.then(lose);
  const { listsAtOnce, requestsPerSecond, requestsAtOnce } = run.limits;
  let touched: (sensed: boolean) => void = () => undefined;
  const pace = createPace(requestsPerSecond, requestsAtOnce);
  const link: Link = {
    ...{ run, pool, signal, streams: options.streams, lose },
    isLost: () => session.isLost,
    slots: createSlots(listsAtOnce),
    pace,
    recognition: createRecognition({
      ...{ session, signal, timeoutMs: run.timing.connectTimeoutMs },
      turn: () => pace.take(1, signal),
    }),
    catalogTouched: (sensed) => touched(sensed),
    typeDefined(type) {
      if (type !== undefined && registry.offer?.types.has(type) === false) touched(true);
    },
  };
  const over = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  const progress = createTierProgress(run, registry, options.number);
  const runs: LinkRuns = createLinkRuns(link, progress);
  const sensors = createSensors(link, registry);
  options.onOpen({
    selectionChanged() {
      sensors.refresh();
      progress.selectionChanged();
    },
  });
  registry.attach(runs);
  const catalog = watchCatalog({
    ...{ link, memory: options.catalog, known: options.known },
    onOffer(offer) {
      registry.setOffer(offer);
      sensors.refresh();
    },
    onSettled: () => progress.catalogSettled(),
    onSensed: () => runs.wakeMissing(),
  });
  touched = (sensed) => catalog.touched(sensed);
  const reread = setInterval(() => {
    if (run.holdings.hasAmpleRoom) runs.rereadLeftOut();
  }, run.timing.refusedRetryMs);
  await over;
  clearInterval(reread);
  registry.detach();
  await Promise.all([catalog.done, runs.idle(), sensors.idle()]);
  return stop.aborted ? undefined : loss;
}
