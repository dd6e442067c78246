/**
 * How much somebody cares to see changes at once: `close` looks at this cluster now, `away` may wait. Between the two, `normal` follows the
 * load alone.
 */
export type Attention = 'away' | 'normal' | 'close';

export interface FlushPaceOptions {
  readonly flushMinMs: number;
  readonly flushMaxMs: number;
  /** Of a clock that does not jump, in milliseconds. */
  readonly nowMs?: () => number;
}

/** How long changes wait for others before they are delivered, in milliseconds: between the two bounds. */
export interface FlushPace {
  readonly flushMs: number;
  setAttention(attention: Attention): void;
  /** A batch was delivered just now: how many changes it had, and how long the sink took for it. */
  delivered(batch: { readonly changes: number; readonly sinkMs: number }): void;
}

/** Load counts less by 1/e after this time, whether there are batches or not: what a first state was like says nothing a few seconds later. */
const MEMORY_MS = 1_000;
/** Changes a second at which waiting longer begins to pay: below, a flush has a change or two whatever the interval is. */
const QUIET_CHANGES_PER_S = 20;
const BUSY_CHANGES_PER_S = 500;
/** Share of the time that the sink is at work. With less than half of it, waiting longer would only add to a delay that is long already. */
const QUIET_SINK = 0.5;
const BUSY_SINK = 0.9;

/**
 * Few changes and a sink with time to spare: the shortest interval. Many changes, or a sink that hardly rests: the longest. Somebody who looks
 * closely gets the shortest whatever the rate is, as long as the sink keeps up. After a second without load it is the shortest again.
 */
export function createFlushPace(options: FlushPaceOptions): FlushPace {
  const { flushMinMs, flushMaxMs, nowMs = () => performance.now() } = options;
  let attention: Attention = 'normal';
  let atMs = nowMs();
  let changesPerS = 0;
  let sinkShare = 0;
  const left = (ms: number): number => Math.exp(-Math.max(0, ms) / MEMORY_MS);
  const load = (value: number, none: number, full: number): number =>
    Math.min(1, Math.max(0, (value - none) / (full - none)));
  return {
    get flushMs() {
      const since = left(nowMs() - atMs);
      const byRate = attention === 'close' ? 0 : load(changesPerS * since, QUIET_CHANGES_PER_S, BUSY_CHANGES_PER_S);
      const bySink = load(sinkShare * since, QUIET_SINK, BUSY_SINK);
      const share = attention === 'away' ? 1 : Math.max(byRate, bySink);
      return flushMinMs + share * (flushMaxMs - flushMinMs);
    },
    setAttention(next) {
      attention = next;
    },
    delivered({ changes, sinkMs }) {
      const now = nowMs();
      changesPerS = changesPerS * left(now - atMs) + (changes * 1_000) / MEMORY_MS;
      sinkShare = 1 - (1 - sinkShare * left(now - sinkMs - atMs)) * left(sinkMs);
      atMs = now;
    },
  };
}
