import type { Measurement } from './compare.ts';

export interface RowOptions {
  /** Events per round. */
  readonly events: number;
}

export interface RowResult {
  readonly measurements: readonly Measurement[];
  /** Figures that are no rates, in words. */
  readonly notes?: readonly string[];
}

/** One row of the bench. It starts what it needs on 127.0.0.1 and leaves nothing behind. */
export interface Row {
  readonly name: string;
  readonly eventsDefault: number;
  run(options: RowOptions): Promise<RowResult>;
}

/** Pairs per comparison. */
export const ROUNDS = 5;
