import type { EventLog } from '../storage/event-log.ts';
import type { CommitSignal } from '../storage/commit-signal.ts';
import type { GroupCommit } from '../storage/group-commit.ts';
import type { OpenCalls } from './calls.ts';

export type SlowSubscribers = 'catch-up' | 'disconnect';

/** What the service methods work with. */
export interface NodeContext {
  readonly log: EventLog;
  readonly commits: GroupCommit;
  readonly signal: CommitSignal;
  readonly calls: OpenCalls;
  readonly limits: Limits;
  readonly slowSubscribers: SlowSubscribers;
  /** Microseconds since the Unix epoch. */
  readonly nowUs: () => number;
}

export interface Limits {
  /** Over the data of one append. */
  readonly appendBytesMax: number;
  readonly messageBytesMax: number;
  readonly callsPerConnectionMax: number;
  /** Unfinished appends of one BatchAppend call, with everything in them; beyond it the call is not read from. */
  readonly batchBytesInFlightMax: number;
  readonly pageRows: number;
  readonly pageBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  appendBytesMax: 1024 * 1024,
  messageBytesMax: 16 * 1024 * 1024,
  callsPerConnectionMax: 100,
  batchBytesInFlightMax: 32 * 1024 * 1024,
  pageRows: 256,
  pageBytes: 1024 * 1024,
};
