import type { LoggedEvent } from '@mooring/contracts';
import { parseLogged } from '../model/events.ts';
import { nextStatus, reopenDelayMs, type StreamSignal, type StreamStatus } from '../model/stream-status.ts';
import { createStore, type Store } from './store.ts';

const TICK_MS = 1000;

export interface LiveStreamDeps {
  readonly open: () => EventSource;
  readonly nowMs: () => number;
  readonly onEvent: (entry: LoggedEvent) => void;
  /** Everything read so far may be stale: the first opening, one after a break, or a position the server no longer knows. */
  readonly onStale: () => void;
  /** The browser has given up (an answer that is no stream); perhaps the session is over. */
  readonly onClosed: () => void;
}

/**
 * The live event stream. The browser resumes a broken one by itself, with `Last-Event-ID`. Where it gives up, a new one is
 * opened after a growing wait; it starts at now, and `onStale` makes good for what was missed.
 */
export interface LiveStream extends Disposable {
  readonly status: Store<StreamStatus>;
  /** Opens the stream anew at once. */
  retry(): void;
}

export function createLiveStream(deps: LiveStreamDeps): LiveStream {
  const status = createStore<StreamStatus>({ state: 'connecting' });
  let source: EventSource | undefined;
  let closings = 0;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;
  const signal = (by: StreamSignal): void => status.update((known) => nextStatus(known, by));

  const open = (): void => {
    clearTimeout(reopening);
    source?.close();
    const current = deps.open();
    source = current;
    current.onopen = () => {
      closings = 0;
      signal({ kind: 'opened' });
      deps.onStale();
    };
    current.onmessage = ({ lastEventId, data }: MessageEvent<string>) => {
      const entry = parseLogged(lastEventId, data);
      if (entry !== undefined && /^\d+$/.test(entry.id)) deps.onEvent(entry);
    };
    current.addEventListener('reset', deps.onStale);
    current.onerror = () => {
      const closed = current.readyState === EventSource.CLOSED;
      signal({ kind: 'broken', closed, nowMs: deps.nowMs() });
      if (!closed || disposed) return;
      deps.onClosed();
      reopening = setTimeout(open, reopenDelayMs(closings));
      closings += 1;
    };
  };

  const ticking = setInterval(() => signal({ kind: 'tick', nowMs: deps.nowMs() }), TICK_MS);
  open();
  return {
    status,
    retry: open,
    [Symbol.dispose]: () => {
      disposed = true;
      clearInterval(ticking);
      clearTimeout(reopening);
      source?.close();
    },
  };
}
