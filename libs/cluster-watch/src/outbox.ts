import type { FlushPace } from './flush-pace.ts';
import type { Holdings } from './holdings.ts';
import type { Pace } from './pace.ts';
import type { SerialSink } from './serial-sink.ts';

/** Brings what is pending in the holdings to the sink, in batches. */
export interface Outbox {
  /** Says that something may be pending: it is flushed after a while (see {@link FlushPace}), at once when a batch is full. */
  wake(): void;
  /** Resolves when there is room for more; at once most of the time. The reader of a stream waits here, and so holds the server back. */
  room(): Promise<void>;
  /** Resolves when everything that was pending at the call was accepted by the sink, however much comes meanwhile. */
  flush(): Promise<void>;
  close(): void;
}

export interface OutboxOptions {
  readonly batchChanges: number;
  readonly flushPace: FlushPace;
  /** Of changes. What has to wait for it is coalesced meanwhile. */
  readonly changePace: Pace;
  readonly signal: AbortSignal;
}

export function createOutbox(
  holdings: Holdings,
  sink: SerialSink,
  { batchChanges, flushPace, changePace, signal }: OutboxOptions,
): Outbox {
  let timer: NodeJS.Timeout | undefined;
  let delivering: Promise<void> | undefined;
  let closed = false;

  /** What is pending now: it is the first to be taken, and what comes meanwhile waits for its own interval, so this ends under any load. */
  const deliverPending = async (): Promise<void> => {
    let left = holdings.pendingCount;
    while (left > 0 && holdings.pendingCount > 0 && !closed) {
      const paid = Math.min(batchChanges, left, holdings.pendingCount);
      await changePace.take(paid, signal);
      // What came while it waited has not paid.
      const changes = holdings.take(paid);
      if (changes.length === 0) return;
      left -= changes.length;
      const startedAt = performance.now();
      await sink.call((accepting) => accepting.onChanges(changes));
      flushPace.delivered({ changes: changes.length, sinkMs: performance.now() - startedAt });
    }
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    // What is being delivered now may have been taken before the newest change: after it comes another round.
    await delivering;
    delivering ??= deliverPending().finally(() => {
      delivering = undefined;
      // What came meanwhile found a delivery under way, and was not woken for.
      wake();
    });
    await delivering;
  };
  const wake = (): void => {
    if (closed || holdings.pendingCount === 0 || delivering !== undefined) return;
    if (holdings.pendingCount >= batchChanges) void flush();
    else timer ??= setTimeout(() => void flush(), flushPace.flushMs);
  };

  return {
    wake,
    async room() {
      while (holdings.pendingCount >= batchChanges && !closed) await flush();
    },
    flush,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
