import type { CloudEvent } from '@mooring/contracts';
import { delay } from '@mooring/kernel';
import type { Bus } from '../bus/bus.ts';
import type { MessagingMetrics } from '../metrics.ts';
import type { Source } from '../provision/topology.ts';
import { createBatchSettler } from './batch-settler.ts';
import type { Occurrence } from './consumer.ts';
import type { Delivery } from './delivery.ts';
import { createHoldings, type Held } from './holdings.ts';
import { createIntake, PULL_EXPIRES_MS } from './intake.ts';
import { createSequencer, type Sequencer } from './sequencer.ts';
import type { RetryPolicy } from './settle.ts';

export interface BatchItem {
  readonly event: CloudEvent;
  readonly delivery: Delivery;
}

export interface BatchesOptions {
  readonly bus: Bus;
  readonly source: Source;
  /**
   * Gets events in the order of their stream and is awaited; they are acknowledged together when it resolves. May get an
   * event again, and must do all or nothing. Where it fails for good, it gets the same events again one by one, so that only
   * what is really poisoned goes to the dead letters.
   */
  readonly handle: (items: readonly BatchItem[]) => Promise<void>;
  readonly signal: AbortSignal;
  /** Types that `handle` takes; every declared one unless told. */
  readonly wanted?: (type: string) => boolean;
  /** 500 unless told. */
  readonly batchMax?: number;
  /** How long a batch that is not full waits for more, in milliseconds; 25 unless told. */
  readonly waitMs?: number;
  /** How long a gap may hold back what follows it, in milliseconds; 60,000 unless told. */
  readonly gapMaxMs?: number;
  readonly policy?: RetryPolicy;
  readonly metrics?: MessagingMetrics;
  readonly report?: (occurrence: Occurrence) => void;
  readonly onLag?: (pending: number) => void;
}

const BATCH_MAX = 500;
const WAIT_MS = 25;
const GAP_MAX_MS = 60_000;
/**
 * An instance that stands still is sent messages until its pull is over, and has them until their acknowledgement time is. After
 * that pull they are asked for, and come to whoever runs.
 */
const ASK_AGAIN_MS = PULL_EXPIRES_MS + 1_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Handles one source in batches, one after the other, until `signal` aborts; then resolves when the batch in hand is done.
 * To be run by one instance at a time (under a lease): a second one on the same durable would take every other message.
 *
 * Guarantee: at least once, and in the order of the stream: nothing is handed over before all that was stored before it, also
 * after a crash, so a checkpoint of the last sequence may skip what is not newer. The one exception is reported: after
 * `gapMaxMs` without the missing message its followers go on. What was given up is no gap; it comes back, if redriven, from the
 * source of redriven messages, whose sequences are its own.
 */
export async function consumeBatches(options: BatchesOptions): Promise<void> {
  const { bus, source, signal, report } = options;
  const { batchMax = BATCH_MAX, waitMs = WAIT_MS, gapMaxMs = GAP_MAX_MS } = options;
  const holdings = createHoldings();
  const settler = createBatchSettler(options, (held) => holdings.acknowledge(held));
  let sequencer: Sequencer<Held> | undefined;
  let wakeUp: (() => void) | undefined;
  const wake = (): void => wakeUp?.();
  const arrival = (): Promise<void> =>
    new Promise((resolve) => {
      wakeUp = resolve;
    });

  const intake = createIntake({
    bus,
    source,
    onStart(info) {
      sequencer = createSequencer<Held>(source.gapless ? info.ack_floor.stream_seq + 1 : undefined);
    },
    onMessage(message) {
      if (message.redelivered) options.metrics?.redelivered.inc({ consumer: source.consumer });
      const held = holdings.take(source, message);
      if (held === undefined) return;
      sequencer?.add(message.seq, held);
      wake();
    },
    onTrouble: (failure) => report?.({ kind: 'trouble', message: failure.message }),
    onLag(pending) {
      options.metrics?.lag.set({ consumer: source.consumer, durable: source.durable }, pending);
      options.onLag?.(pending);
    },
  });
  signal.addEventListener('abort', wake, { once: true });

  try {
    let gapSince: number | undefined;
    let askedAt = 0;
    while (!signal.aborted) {
      if (sequencer === undefined || sequencer.due === 0) {
        gapSince = sequencer === undefined || sequencer.early === 0 ? undefined : (gapSince ?? performance.now());
        if (gapSince === undefined) {
          await arrival();
          continue;
        }
        await Promise.race([arrival(), delay(Math.min(LOOK_EVERY_MS, gapMaxMs / 4), signal)]);
        const now = performance.now();
        if (now - gapSince > gapMaxMs) {
          report?.({ kind: 'trouble', message: `${source.durable}: a message is missing; going on without it` });
          sequencer?.skipGap();
        } else if (now - Math.max(gapSince, askedAt) > ASK_AGAIN_MS) {
          askedAt = now;
          await intake.deliverAgain();
        }
        continue;
      }
      gapSince = undefined;
      if (sequencer.due < batchMax) await delay(waitMs, signal);
      await settler.settleAll(sequencer.take(batchMax));
    }
  } finally {
    signal.removeEventListener('abort', wake);
    await intake.stop();
    holdings.releaseAll();
  }
}
