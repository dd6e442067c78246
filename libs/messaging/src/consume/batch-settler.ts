import { delay, messageOf } from '@mooring/kernel';
import { inBatchSpan } from '../bus/tracing.ts';
import { park } from '../dead-letters/park.ts';
import type { BatchItem, BatchesOptions } from './batches.ts';
import { deliveryOf, headerPairs, type Held } from './holdings.ts';
import { readIncoming } from './incoming.ts';
import { RETRY_POLICY, settle } from './settle.ts';

const PARK_RETRY_MS = 1_000;

export interface BatchSettler {
  /** Resolves when every message is acknowledged, or the signal has aborted. */
  settleAll(batch: readonly Held[]): Promise<void>;
}

type Readable = BatchItem & { readonly held: Held };

export function createBatchSettler(options: BatchesOptions, acknowledge: (held: Held) => void): BatchSettler {
  const { bus, source, signal, metrics, report, policy = RETRY_POLICY } = options;
  const { consumer } = source;
  const wanted = options.wanted ?? (() => true);

  const giveUp = async (held: Held, reason: string, type: string): Promise<void> => {
    while (!signal.aborted) {
      try {
        await park(bus, consumer, held.message, reason, held.tries);
        metrics?.parked.inc({ consumer, type });
        report?.({ kind: 'parked', message: `${held.message.subject}, message ${held.message.seq}: ${reason}` });
        acknowledge(held);
        return;
      } catch (thrown) {
        report?.({ kind: 'trouble', message: messageOf(thrown) });
        await delay(PARK_RETRY_MS, signal);
      }
    }
  };

  /** Tries until it is handled (`undefined`) or given up (the reason), or the signal aborts. */
  const tryAll = async (batch: readonly Readable[]): Promise<string | undefined> => {
    while (!signal.aborted) {
      for (const { held } of batch) held.tries += 1;
      const tries = batch[0]?.held.tries ?? 1;
      const end = metrics?.handlerSeconds.startTimer({ consumer, type: 'batch' });
      try {
        await inBatchSpan(
          source.stream,
          batch.map(({ event }) => event.traceparent),
          () => options.handle(batch),
        );
        end?.({ outcome: 'handled' });
        for (const { held } of batch) acknowledge(held);
        return undefined;
      } catch (thrown) {
        end?.({ outcome: 'failed' });
        report?.({ kind: 'failed', message: `batch of ${batch.length} from ${source.stream}: ${messageOf(thrown)}` });
        const settlement = settle({ kind: 'failed', thrown }, { tries, stopping: signal.aborted }, policy);
        if (settlement.kind === 'park') return settlement.reason;
        if (settlement.kind === 'retry') await delay(settlement.delayMs, signal);
      }
    }
    return undefined;
  };

  const readAll = async (batch: readonly Held[]): Promise<readonly Readable[]> => {
    const readable: Readable[] = [];
    for (const held of batch) {
      const incoming = readIncoming(held.message.data, headerPairs(held.message), wanted);
      switch (incoming.kind) {
        case 'event':
          readable.push({ event: incoming.event, delivery: deliveryOf(held, signal), held });
          break;
        case 'unreadable':
          await giveUp(held, incoming.reason, '');
          break;
        case 'unknown-type':
          metrics?.unknown.inc({ consumer });
          report?.({ kind: 'unknown-type', message: incoming.type });
          acknowledge(held);
          break;
        case 'not-wanted':
          acknowledge(held);
      }
    }
    return readable;
  };

  return {
    async settleAll(batch) {
      const readable = await readAll(batch);
      if (readable.length === 0) return;
      const reason = await tryAll(readable);
      if (reason === undefined) return;
      // Some message is poisoned: one by one, those before and after it go on in order.
      for (const item of readable) {
        const own = readable.length === 1 ? reason : await tryAll([item]);
        if (own !== undefined) await giveUp(item.held, own, item.event.type);
      }
    },
  };
}
