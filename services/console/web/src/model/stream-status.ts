/** How the live event stream stands. `lost`: the browser has given up, or trying again goes on for too long. */
export type StreamStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'reconnecting'; readonly sinceMs: number }
  | { readonly state: 'lost'; readonly sinceMs: number };

export type StreamSignal =
  | { readonly kind: 'opened' }
  | { readonly kind: 'broken'; readonly closed: boolean; readonly nowMs: number }
  | { readonly kind: 'tick'; readonly nowMs: number };

export const LOST_AFTER_MS = 15_000;

export function nextStatus(status: StreamStatus, signal: StreamSignal): StreamStatus {
  switch (signal.kind) {
    case 'opened':
      return { state: 'live' };
    case 'broken': {
      const sinceMs = 'sinceMs' in status ? status.sinceMs : signal.nowMs;
      if (signal.closed || status.state === 'lost') return { state: 'lost', sinceMs };
      return { state: 'reconnecting', sinceMs };
    }
    case 'tick':
      return status.state === 'reconnecting' && signal.nowMs - status.sinceMs >= LOST_AFTER_MS
        ? { state: 'lost', sinceMs: status.sinceMs }
        : status;
  }
}

/** Milliseconds before the stream is opened anew after `attempt` closings (0 is the first): 1 s, 2 s, 4 s … 30 s. */
export const reopenDelayMs = (attempt: number): number => Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5));
