/**
 * How much somebody cares to see changes at once: `close` looks at this cluster now, `away` may wait. Between the two, `normal` follows the
 * load alone.
 */
export type Attention = 'away' | 'normal' | 'close';

export interface FlushPaceOptions {
  readonly flushMinMs: number;
  readonly flushMaxMs: number;
}

/** How long changes wait for others before they are delivered, in milliseconds: between the two bounds. */
export interface FlushPace {
  readonly flushMs: number;
  setAttention(attention: Attention): void;
  /** A batch was delivered: how many changes it had, how long it took them to come together, and how long the sink took for it. */
  delivered(batch: { readonly changes: number; readonly gatheredMs: number; readonly sinkMs: number }): void;
}

/** Weight of the newest batch. */
const NEWEST = 0.3;
/** Changes a second at which waiting longer begins to pay: below, a flush has a change or two whatever the interval is. */
const QUIET_CHANGES_PER_S = 20;
const BUSY_CHANGES_PER_S = 500;

/**
 * Few changes and a quick sink: the shortest interval. Many changes, or a sink that is busy half of the time: the longest. Somebody who looks
 * closely gets the shortest whatever the rate is, as long as the sink keeps up.
 */
export function createFlushPace({ flushMinMs, flushMaxMs }: FlushPaceOptions): FlushPace {
  let attention: Attention = 'normal';
  let changesPerS = 0;
  let sinkMs = 0;
  const load = (value: number, none: number, full: number): number =>
    Math.min(1, Math.max(0, (value - none) / (full - none)));
  return {
    get flushMs() {
      const byRate = attention === 'close' ? 0 : load(changesPerS, QUIET_CHANGES_PER_S, BUSY_CHANGES_PER_S);
      const bySink = load(sinkMs, flushMinMs / 2, flushMaxMs);
      const share = attention === 'away' ? 1 : Math.max(byRate, bySink);
      return flushMinMs + share * (flushMaxMs - flushMinMs);
    },
    setAttention(next) {
      attention = next;
    },
    delivered(batch) {
      const rate = (batch.changes * 1000) / Math.max(1, batch.gatheredMs);
      changesPerS += NEWEST * (rate - changesPerS);
      sinkMs += NEWEST * (batch.sinkMs - sinkMs);
    },
  };
}
