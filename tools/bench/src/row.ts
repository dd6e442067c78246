import type { Measurement } from './compare.ts';

export interface RowOptions {
  /** Events per round. */
  readonly events: number;
  /** Pods of the cluster, or objects of each, for rows that have clusters; each has a default of its own. */
  readonly pods?: number;
  /** Simulated clusters, for a row that has many. */
  readonly clusters?: number;
  /** How long a steady state is looked at, for rows that have one. */
  readonly seconds?: number;
  /** Where a row's cluster is kept for the next run; without it, it is new and forgotten. */
  readonly clusterFolder?: string;
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
  /** Takes minutes or needs what not everybody has, so it is left out when no row is named. */
  readonly onlyByName?: boolean;
  run(options: RowOptions): Promise<RowResult>;
}

/** Pairs per comparison. */
export const ROUNDS = 5;
