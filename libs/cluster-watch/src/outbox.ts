import type { Holdings } from './holdings.ts';
import type { SerialSink } from './serial-sink.ts';

/** Brings what is pending in the holdings to the sink, in batches. */
export interface Outbox {
  /** Says that something may be pending: it is flushed after `flushMs`, at once when a batch is full. */
  wake(): void;
  /** Resolves when there is room for more; at once most of the time. The reader of a stream waits here, and so holds the server back. */
  room(): Promise<void>;
  /** Resolves when everything that was pending was accepted by the sink. */
  flush(): Promise<void>;
  close(): void;
}

export interface OutboxOptions {
  readonly flushMs: number;
  readonly batchChanges: number;
}

export function createOutbox(holdings: Holdings, sink: SerialSink, { flushMs, batchChanges }: OutboxOptions): Outbox {
  let timer: NodeJS.Timeout | undefined;
  let delivering: Promise<void> | undefined;
  let closed = false;

  const deliverAll = async (): Promise<void> => {
    while (holdings.pendingCount > 0 && !closed) {
      const changes = holdings.take(batchChanges);
      await sink.call((accepting) => accepting.onChanges(changes));
    }
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    // What is being delivered now may have been taken before the newest change: after it comes another round.
    await delivering;
    delivering ??= deliverAll().finally(() => {
      delivering = undefined;
      // What came after the last look and before this line found a delivery under way, and was not woken for.
      wake();
    });
    await delivering;
  };
  const wake = (): void => {
    if (closed || holdings.pendingCount === 0 || delivering !== undefined) return;
    if (holdings.pendingCount >= batchChanges) void flush();
    else timer ??= setTimeout(() => void flush(), flushMs);
  };

  return {
    wake,
    async room() {
      if (holdings.pendingCount >= batchChanges) await flush();
    },
    flush,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
