import type { ServerResponse } from 'node:http';
import type { EventLog } from '../adapters/event-log.ts';
import { toFrame, type EncodedEvent, type Hub } from '../log/hub.ts';

/** Where a client of the stream is. */
export type ResumePoint = { readonly kind: 'after'; readonly number: bigint } | { readonly kind: 'reset' };

const NUMBER = /^[0-9]{1,18}$/;

/** Where to go on for a `Last-Event-ID`: after it, if the log has it; from now on with `reset` if it was never given out. Without one, from now on. */
export function resumePoint(lastEventId: string | undefined, head: bigint): ResumePoint {
  if (lastEventId === undefined || lastEventId === '') return { kind: 'after', number: head };
  if (!NUMBER.test(lastEventId) || BigInt(lastEventId) > head) return { kind: 'reset' };
  return { kind: 'after', number: BigInt(lastEventId) };
}

const HEARTBEAT_MS = 15_000;
const PAGE = 500;

/** Tells a client that what it has is not to be built upon: read the lists again, then go on from here. */
const resetFrame = (head: bigint): string => `event: reset\nid: ${head.toString()}\ndata: {}\n\n`;

/**
 * Sends the log to one client until it leaves or `signal` aborts: without a gap, without a repeat, in order. Nothing is
 * queued for a client that reads slowly: it is a cursor into the log, moved on when its socket has drained.
 */
export async function streamEvents(options: {
  readonly response: ServerResponse;
  readonly lastEventId: string | undefined;
  readonly log: EventLog;
  readonly hub: Hub;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { response, lastEventId, log, hub, signal } = options;
  const head = await log.head();
  const point = resumePoint(lastEventId, head);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  response.write(`retry: 1000\n: mooring\n\n${point.kind === 'reset' ? resetFrame(head) : ''}`);
  let sent = point.kind === 'reset' ? head : point.number;

  const news = createNews(signal, response);
  const unsubscribe = hub.onNews(news.ring);
  const heartbeat = setInterval(() => {
    if (response.writableLength === 0) response.write(': still here\n\n');
  }, HEARTBEAT_MS);
  try {
    while (!news.ended()) {
      const batch = hub.recent(sent)?.slice(0, PAGE) ?? (await log.after(sent, PAGE)).map(toFrame);
      const last = batch.at(-1);
      if (last === undefined) {
        await news.next();
        continue;
      }
      sent = last.number;
      if (!write(response, batch)) await news.drained();
    }
  } finally {
    clearInterval(heartbeat);
    unsubscribe();
    news.close();
    response.end();
  }
}

const write = (response: ServerResponse, batch: readonly EncodedEvent[]): boolean =>
  response.write(Buffer.concat(batch.map(({ frame }) => frame)));

/** Waits for whatever comes next: new entries, a drained socket, the client's leaving, the end of the service. */
function createNews(signal: AbortSignal, response: ServerResponse) {
  let pending = false;
  let wake: (() => void) | undefined;
  // A client that left before this was listened for would never be heard of again.
  let gone = response.destroyed;
  const ring = (): void => {
    pending = true;
    wake?.();
  };
  const leave = (): void => {
    gone = true;
    ring();
  };
  response.once('close', leave);
  response.on('drain', ring);
  signal.addEventListener('abort', leave, { once: true });
  const wait = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  return {
    ring,
    ended: () => gone || signal.aborted,
    async next(): Promise<void> {
      if (!pending && !gone) await wait();
      pending = false;
    },
    async drained(): Promise<void> {
      while (!gone && response.writableNeedDrain) {
        await wait();
      }
    },
    close(): void {
      signal.removeEventListener('abort', leave);
      response.off('close', leave);
      response.off('drain', ring);
    },
  };
}
