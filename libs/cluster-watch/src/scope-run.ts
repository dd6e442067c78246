import type { JsonObject } from './json.ts';
import type { Link, ScopeMemory } from './link.ts';
import type { ResourceType } from './resource-type.ts';
import type { ScopeState } from './type-status.ts';

/** One scope of one type on one link: what reads it needs to know, and whom to tell. */
export interface ScopeRun {
  readonly link: Link;
  readonly type: ResourceType;
  readonly memory: ScopeMemory;
  /** Aborts with the link, and when this scope is not wanted any longer. */
  readonly signal: AbortSignal;
  readonly objects: ObjectTaker;
  report(state: ScopeState['state'], reason?: string): Promise<void>;
  /** The scope has its state, may not be read, or has failed so often that nobody waits for it any longer. */
  settled(): Promise<void>;
}

/** Give or take a fifth: hundreds of types may be refused in the same moment, and they are not asked for again in the same one. */
export const refusedRetryMsOf = ({ link }: ScopeRun): number =>
  link.run.timing.refusedRetryMs * (0.8 + 0.4 * link.run.random());

/** A first state while it comes in. */
export interface Gathering {
  /** False once something could not be told apart: then absence proves nothing, and nothing is deleted. */
  complete: boolean;
  /** Objects that came for the first time, or of which that is not known. */
  fresh: number;
  /** Those that had come already. */
  repeated: number;
}

/** Takes objects of one scope in. What cannot be understood is counted as left out, and what is held of it stays. */
export interface ObjectTaker {
  /** Before a first state. */
  begin(): Gathering;
  /** `isAdded`: it was not there before, or that is not known. */
  upsert(object: JsonObject | undefined, isAdded: boolean, gathering?: Gathering): void;
  /** False where it cannot be told what is to be removed, and so it may still be held. */
  remove(object: JsonObject): boolean;
  /** Of an object that is too long only the start is there. False as for `remove`. */
  oversized(prefix: string, gathering?: Gathering): boolean;
  /** What came was not even an object: it may have been any change. */
  garbage(): void;
  /** While this is there, nothing may be taken in: what the sink has is being compared. */
  readonly busy: Promise<void> | undefined;
  /** Resolves when there is room for more; waits here hold the server back. */
  room(): Promise<void>;
  /** Deletes what a finished first state did not have. */
  finish(gathering: Gathering): Promise<void>;
}

/** How an attempt at a scope ended, and what is next. */
export type Outcome =
  | { readonly kind: 'listed' | 'ended' | 'gone' | 'unstreamed' | 'over' }
  | { readonly kind: 'parked'; readonly state: 'forbidden' | 'missing'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number; readonly relist?: boolean };
