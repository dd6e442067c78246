import { INVENTORY_STREAM } from '@mooring/contracts';
import { createBackoff, delay, isFailure, messageOf, unlessAborted } from '@mooring/kernel';
import type { Bus } from '../bus/bus.ts';
import type { Break } from '../relay/pipeline.ts';
import { catchUp } from './catch-up.ts';
import type { OutboxStore } from './outbox-store.ts';
import { publishWaiting } from './publish-waiting.ts';

/** How publishing is doing, for readiness and metrics. */
export interface OutboxStatus {
  /**
   * - `resuming`: looks where the stream ends.
   * - `publishing`: what waits goes out.
   * - `waiting`: JetStream or the outbox cannot be reached; tries again by itself.
   */
  readonly state: 'resuming' | 'publishing' | 'waiting';
  /** Sequence in the stream of the last message stored. */
  readonly lastSequence: number;
  readonly reason?: string | undefined;
}

export interface OutboxOptions {
  readonly bus: Bus;
  readonly store: OutboxStore;
  /** Resolves when there may be something in the outbox again, or when `signal` aborts. */
  readonly more: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onStatus?: (status: OutboxStatus) => void;
  /** So many messages were stored and taken out. */
  readonly onStored?: (count: number, lastSequence: number) => void;
  /** In milliseconds; 5,000 unless told. */
  readonly ackTimeoutMs?: number;
}

const RETRY = { minMs: 100, maxMs: 2_000 };

const inWords = (reason: Break): string => {
  switch (reason.kind) {
    case 'stopped':
      return 'stopped';
    case 'disconnected':
      return 'the connection to NATS was lost';
    case 'silent':
      return `${INVENTORY_STREAM} does not acknowledge`;
    case 'unroutable':
      return 'no stream takes inventory changes: it has not been provisioned';
    case 'wrong-sequence':
      return `${INVENTORY_STREAM} ends elsewhere than expected`;
    case 'duplicate':
      return `${INVENTORY_STREAM} had message ${reason.id} already`;
    case 'refused':
      return `${INVENTORY_STREAM} refuses: ${reason.reason}`;
  }
};

/**
 * Publishes what an outbox holds to the stream `INVENTORY`, and takes out what the stream has acknowledged.
 *
 * Guarantees. Messages of one subject are stored in their order, each once, whatever is killed in between: each names the sequence that it
 * follows, and what was stored and not yet taken out is recognised by its id. What the stream lost after it had acknowledged it is not
 * stored again; the outbox is told, so that it can tell listeners.
 *
 * Runs until `signal` aborts, then resolves: in at most about 4 s, and what the outbox takes to answer calls under way. While NATS, the
 * stream or the outbox are away it waits. Run it under a lease; another one at the same time does no harm, but both go slowly. Rejects
 * only with what is no `Failure`.
 */
export async function runOutbox(options: OutboxOptions): Promise<void> {
  const { bus, store, signal } = options;
  const backoff = createBackoff(RETRY);
  let status: OutboxStatus = { state: 'resuming', lastSequence: 0 };
  const tell = (change: Partial<OutboxStatus>): void => {
    status = { ...status, ...change };
    options.onStatus?.(status);
  };

  const publishFromEnd = async (): Promise<string> => {
    const position = await unlessAborted(signal, catchUp(bus, store, signal));
    if (position === undefined) return 'stopped';
    tell({ state: 'publishing', lastSequence: position, reason: undefined });
    const reason = await publishWaiting(position, {
      ...options,
      onStored(count, lastSequence) {
        backoff.reset();
        tell({ lastSequence });
        options.onStored?.(count, lastSequence);
      },
    });
    return inWords(reason);
  };

  while (!signal.aborted) {
    await bus.whenConnected(signal);
    const reason = await publishFromEnd().catch((thrown: unknown) => {
      if (isFailure(thrown)) return messageOf(thrown);
      throw thrown;
    });
    tell({ state: 'waiting', reason });
    await delay(backoff.next(), signal);
  }
}
