import type { FieldsOf, Reason, SnapshotCompleted } from '@mooring/contracts';

export interface SeenCluster {
  readonly uid: string;
  readonly version: string;
  readonly platform?: string;
  /** The credential that let us in. */
  readonly credentialId: string;
}

export type Snapshot = Pick<FieldsOf<typeof SnapshotCompleted>, 'objects' | 'kinds'>;

/** Why a look failed: `lost` may be better the next time, `refused` only after something was changed. */
export interface Trouble {
  readonly kind: 'lost' | 'refused';
  readonly reason: Reason;
}

/** What is known about a cluster now. */
export type Observed =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'up';
      readonly cluster: SeenCluster;
      /** The decision it was seen under. */
      readonly decision: number;
    }
  | { readonly kind: 'complete'; readonly cluster: SeenCluster; readonly snapshot: Snapshot }
  | {
      readonly kind: 'away';
      readonly trouble: Trouble;
      /** Failed looks in a row; 0 right after a link broke. */
      readonly looks: number;
      /** Those of them that failed with this very reason, one after the other. */
      readonly looksAlike: number;
      readonly sinceMs: number;
      /** The decision under which it was looked for last. */
      readonly decision: number;
    };

export const UNKNOWN: Observed = { kind: 'unknown' };

/** When, and under which decision, something was found out. */
export interface At {
  readonly nowMs: number;
  readonly decision: number;
}

/** One more look failed. */
export const afterFailedLook = (before: Observed, trouble: Trouble, { nowMs, decision }: At): Observed => {
  const failing = before.kind === 'away' ? before : undefined;
  const alike = failing?.trouble.reason.code === trouble.reason.code ? failing.looksAlike : 0;
  return {
    kind: 'away',
    trouble,
    looks: (failing?.looks ?? 0) + 1,
    looksAlike: alike + 1,
    sinceMs: failing?.sinceMs ?? nowMs,
    decision,
  };
};

/** A link broke: nothing was looked at yet. */
export const afterBrokenLink = (before: Observed, trouble: Trouble, { nowMs, decision }: At): Observed =>
  before.kind === 'away' ? before : { kind: 'away', trouble, looks: 0, looksAlike: 0, sinceMs: nowMs, decision };
