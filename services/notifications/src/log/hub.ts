import type { LoggedEvent } from '@mooring/contracts';
import { delay } from '@mooring/kernel';
import type { EventLog } from '../adapters/event-log.ts';

/** Gives new entries of the log to whoever listens, each encoded once for all. */
export interface Hub extends AsyncDisposable {
  /** Begins at the end of the log as it is now. To be repeated until it resolves, and then not called again; throws what the log throws. */
  open(): Promise<void>;
  /** The last entry given out. */
  readonly head: bigint;
  /** Says that the log may have grown; entries written by another instance are found within `pollMs` anyway. */
  nudge(): void;
  /** The entries after a number that are still in memory, from the first one after it on; `undefined` when that one is not. */
  recent(after: bigint): readonly EncodedEvent[] | undefined;
  /** Calls `listener` after new entries came; gives the function that ends it. */
  onNews(listener: () => void): () => void;
}

/** An entry as it goes over the wire of server-sent events. */
export interface EncodedEvent {
  readonly number: bigint;
  readonly frame: Buffer;
}

/** The id makes a client that comes back go on after it; the data is the CloudEvent on one line. */
export const toFrame = ({ id, event }: LoggedEvent): EncodedEvent => ({
  number: BigInt(id),
  frame: Buffer.from(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`),
});

const PAGE = 500;

/** It is empty until `open`. */
export function createHub(
  log: EventLog,
  {
    pollMs,
    keep,
    signal,
    onFailure,
  }: {
    readonly pollMs: number;
    readonly keep: number;
    readonly signal: AbortSignal;
    readonly onFailure: (thrown: unknown) => void;
  },
): Hub {
  let head = 0n;
  let ring: EncodedEvent[] = [];
  const listeners = new Set<() => void>();
  let wake: AbortController = new AbortController();

  const read = async (): Promise<void> => {
    for (;;) {
      const entries = (await log.after(head, PAGE)).map(toFrame);
      const last = entries.at(-1);
      if (last === undefined) return;
      ring = [...ring, ...entries].slice(-keep);
      head = last.number;
      for (const listener of [...listeners]) listener();
      if (entries.length < PAGE) return;
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      wake = new AbortController();
      try {
        await read();
      } catch (thrown) {
        onFailure(thrown);
      }
      await delay(pollMs, AbortSignal.any([signal, wake.signal]));
    }
  };
  let running = Promise.resolve();

  return {
    async open() {
      head = await log.head();
      running = run();
    },
    get head() {
      return head;
    },
    nudge: () => wake.abort(),
    recent(after) {
      if (after >= head) return [];
      const first = ring[0];
      if (first === undefined || first.number > after + 1n) return undefined;
      return ring.slice(Number(after + 1n - first.number));
    },
    onNews(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: () => running,
  };
}
