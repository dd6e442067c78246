import { delay, isFailure, messageOf } from '@mooring/kernel';
import { runOutbox, type Bus, type OutboxStatus } from '@mooring/messaging';
import type { Database } from '@mooring/read-model';
import type { Logger, ReadinessState } from '@mooring/service-host';
import type { InventoryOutbox } from '../adapters/inventory-outbox.ts';
import {
  forgetChanges,
  forgetErased,
  markKindsOutdated,
  markOutdated,
  type ChangeLimits,
} from '../adapters/keep-inventory.ts';
import { placeChanged } from '../adapters/place-clusters.ts';
import type { DiscoveryDatabase } from '../adapters/tables.ts';

export interface KeeperOptions {
  readonly db: Database<DiscoveryDatabase>;
  readonly bus: Bus;
  readonly outbox: InventoryOutbox;
  /** What may wait to be published. */
  readonly outboxBytesMax: number;
  readonly changes: ChangeLimits;
  /** How long what nobody follows counts as it was. */
  readonly graceMs: number;
  /** How often all of this is looked after, in milliseconds. */
  readonly everyMs?: number;
  readonly onPublished?: (count: number) => void;
  readonly onDropped?: (count: number) => void;
  readonly log: Logger;
}

/** Publishes what the inventory has to tell, and keeps what it remembers within bounds. Run it in one instance at a time. */
export interface InventoryKeeper {
  /** There is something to publish. Without a word it is looked for every 100 ms: another instance may have written it. */
  poke(): void;
  /** Until `signal` aborts. What the world does not allow now is tried again. */
  run(signal: AbortSignal): Promise<void>;
  state(): ReadinessState;
}

const POLL_MS = 100;
const EVERY_MS = 5_000;
/** Rounds. */
const FORGET_EVERY = 12;

export function createInventoryKeeper(options: KeeperOptions): InventoryKeeper {
  const { db, bus, outbox, log } = options;
  let status: OutboxStatus | undefined;
  let isPoked = false;
  let wake: () => void = () => undefined;

  const more = async (signal: AbortSignal): Promise<void> => {
    if (!isPoked && !signal.aborted) {
      const over = new AbortController();
      wake = () => over.abort();
      signal.addEventListener('abort', wake, { once: true });
      await delay(POLL_MS, over.signal);
      signal.removeEventListener('abort', wake);
    }
    isPoked = false;
  };

  const keepOnce = async (): Promise<void> => {
    const dropped = await outbox.bound(options.outboxBytesMax);
    if (dropped > 0) {
      log.warn({ dropped }, 'the bus is away for too long: changes are dropped, and listeners will be told');
      options.onDropped?.(dropped);
    }
    await placeChanged(db);
    const now = new Date();
    for (const connectionId of await markOutdated(db, options.graceMs, now))
      log.info({ connectionId }, 'what is known of a cluster is outdated: nobody has followed it for the grace period');
    for (const { connection_id: connectionId, type } of await markKindsOutdated(db, options.graceMs, now))
      log.info(
        { connectionId, type },
        'what is known of a kind is outdated: it could not be followed for the grace period',
      );
  };

  const forget = async (signal: AbortSignal): Promise<void> => {
    await forgetChanges(db, options.changes, new Date(), signal);
    await forgetErased(db, new Date());
  };

  const keep = async (signal: AbortSignal): Promise<void> => {
    for (let round = 0; !signal.aborted; round += 1) {
      try {
        await keepOnce();
        // What was remembered a minute too long harms nobody.
        if (round % FORGET_EVERY === 0) await forget(signal);
      } catch (thrown) {
        if (!isFailure(thrown)) throw thrown;
        log.warn({ error: messageOf(thrown) }, 'the inventory cannot be looked after now; it is tried again');
      }
      await delay(options.everyMs ?? EVERY_MS, signal);
    }
  };

  return {
    poke() {
      isPoked = true;
      wake();
    },
    async run(signal) {
      const over = new AbortController();
      const both = AbortSignal.any([signal, over.signal]);
      const parts = [
        runOutbox({
          ...{ bus, store: outbox, more, signal: both },
          onStatus: (now) => (status = now),
          onStored: (count) => options.onPublished?.(count),
        }),
        keep(both),
      ];
      try {
        await Promise.all(parts);
      } finally {
        over.abort();
        await Promise.allSettled(parts);
      }
    },
    state() {
      if (status === undefined) return { ready: false, message: 'starting' };
      const { state, lastSequence, reason } = status;
      const why = reason === undefined ? '' : `: ${reason}`;
      return { ready: state === 'publishing', message: `${state} at sequence ${lastSequence}${why}` };
    },
  };
}
