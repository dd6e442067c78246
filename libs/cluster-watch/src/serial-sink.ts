import type { ClusterSink } from './sink.ts';

/** Calls to the sink, one after the other. */
export interface SerialSink {
  /** Queues one call; resolves when the sink accepted it, or will not be called any more. Never rejects. */
  call(deliver: (sink: ClusterSink) => void | Promise<void>): Promise<void>;
  /** Resolves when all queued calls are over. */
  idle(): Promise<void>;
}

/** After the first rejection, or once `signal` has aborted, the sink is called no more. `onFailure` gets the rejection. */
export function createSerialSink(
  sink: ClusterSink,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): SerialSink {
  let failed = false;
  let tail: Promise<void> = Promise.resolve();
  return {
    call(deliver) {
      tail = tail.then(async () => {
        if (failed || signal.aborted) return;
        try {
          await deliver(sink);
        } catch (error) {
          failed = true;
          onFailure(error);
        }
      });
      return tail;
    },
    idle: () => tail,
  };
}
