import type { EventLog } from '../storage/event-log.ts';
import type { CommitSignal } from '../storage/commit-signal.ts';
import type { GroupCommit } from '../storage/group-commit.ts';
import type { Access } from '../security/access.ts';
import type { OpenCalls } from './calls.ts';
import type { Budget } from './budget.ts';
import type { ReadTurns } from './read-turns.ts';
import type { SharedPages } from './shared-pages.ts';

export type SlowSubscribers = 'catch-up' | 'disconnect';

/** What the service methods work with. */
export interface NodeContext {
  readonly log: EventLog;
  readonly commits: GroupCommit;
  readonly signal: CommitSignal;
  readonly turns: ReadTurns;
  readonly pages: SharedPages;
  readonly calls: OpenCalls;
  readonly access: Access;
  /** Bytes of appends that came in and were not answered. */
  readonly budget: Budget;
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
  /** Unanswered appends of one BatchAppend call, with everything in them; beyond it the call is not read from. */
  readonly callBytesInFlightMax: number;
  /** Of all calls together; beyond it appends are refused. */
  readonly nodeBytesInFlightMax: number;
  /** Reads, subscriptions and appends that are open at the same time; beyond it a call is refused. */
  readonly openCallsMax: number;
  readonly pageRows: number;
  readonly pageBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  appendBytesMax: 1024 * 1024,
  messageBytesMax: 16 * 1024 * 1024,
  callsPerConnectionMax: 100,
  callBytesInFlightMax: 32 * 1024 * 1024,
  nodeBytesInFlightMax: 128 * 1024 * 1024,
  openCallsMax: 10_000,
  pageRows: 32,
  pageBytes: 1024 * 1024,
};
