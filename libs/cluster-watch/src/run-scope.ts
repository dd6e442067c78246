import { setImmediate } from 'node:timers/promises';
import { createBackoff, delay, type Backoff } from '@mooring/kernel';
import { isOver } from './link.ts';
import { readPages } from './read-pages.ts';
import { readWatch } from './read-watch.ts';
import { collectionPathOf } from './resource-type.ts';
import { refusedRetryMsOf, type Outcome, type ScopeRun } from './scope-run.ts';

/** After so many failed attempts in a row the snapshot of the others is not held up any longer. */
const PATIENCE_ATTEMPTS = 5;
/**
 * Something on the way may end every watch after a moment. What changes between two of them is late by the pause, so it is no longer than
 * this.
 */
const BETWEEN_SHORT_WATCHES_MS_MAX = 5000;

/** How a scope gets on over one link. */
interface Course {
  readonly betweenShort: Backoff;
  /** Attempts in a row in which nothing caught up. */
  fruitless: number;
  /** Whole first states in a row from which no watch caught up. */
  unfollowed: number;
  /** Where there are several of these, the next one is not read before this (as `performance.now()` has it). */
  rereadAt: number;
  /** When that began to be read (RFC 3339 UTC) which the sink may not have yet. */
  listedAt: string | undefined;
}

/** The first state, and for a streamed one the watch that goes on from it. At most `listsAtOnce` are read at a time. */
async function firstState(run: ScopeRun, caughtUp: () => Promise<void>): Promise<Outcome> {
  const { link, memory, signal } = run;
  const release = await link.slots.acquire();
  try {
    if (isOver(signal)) return { kind: 'over' };
    await run.report('listing');
    if (!link.streams || memory.avoidStream) return await readPages(run);
    const whenCaughtUp = (): Promise<void> => {
      release();
      return caughtUp();
    };
    return await readWatch(run, true, { caughtUp: whenCaughtUp });
  } finally {
    release();
  }
}

/**
 * What cannot be resumed is read anew. Where no watch ever goes on from what was read, that would be for ever: the version is kept then,
 * tried again, and given up at the pace of what is refused. Nothing is missed by it: it moves only with what was taken in.
 */
function giveUpVersion({ memory }: ScopeRun, { fruitless, unfollowed, rereadAt }: Course): void {
  const isInVain = fruitless >= PATIENCE_ATTEMPTS && unfollowed > 1;
  if (!isInVain || performance.now() >= rereadAt) memory.version = undefined;
}

/** What was listed counts as read once the sink has it. */
async function noteRead({ link, memory }: ScopeRun, course: Course): Promise<void> {
  if (course.listedAt === undefined) return;
  await link.run.outbox.flush();
  if (memory.firstState === 'whole') memory.readAt = course.listedAt;
  course.listedAt = undefined;
}

/** An attempt that ended without an error, and before anything caught up: often enough in a row, that is a failure. */
async function concludeFruitless(run: ScopeRun, course: Course, reason: string): Promise<number> {
  const delayMs = run.memory.backoff.next();
  if (course.fruitless >= PATIENCE_ATTEMPTS) {
    // No watch tells what changes: only a list does.
    if (performance.now() >= course.rereadAt) run.memory.version = undefined;
    await noteRead(run, course);
    await run.report('failing', reason);
    await run.settled();
  }
  return delayMs;
}

/** How long to wait before the next attempt; reports what happened. `undefined` ends the scope. */
async function conclude(run: ScopeRun, outcome: Outcome, livedMs: number, course: Course): Promise<number | undefined> {
  const { link, memory, type } = run;
  const path = collectionPathOf(type, memory.scope.namespace);
  const isHealthy = livedMs >= link.run.timing.healthyAfterMs;
  if (isHealthy) {
    memory.backoff.reset();
    course.betweenShort.reset();
  }
  if (livedMs > 0) Object.assign(course, { fruitless: 0, unfollowed: 0 });
  else if (outcome.kind !== 'listed' && outcome.kind !== 'unstreamed') course.fruitless += 1;
  const wasFirstState = memory.version === undefined;
  if (memory.distrustsVersions && outcome.kind !== 'listed') memory.version = undefined;
  switch (outcome.kind) {
    case 'over':
      return undefined;
    case 'listed':
      course.unfollowed += 1;
      course.rereadAt = performance.now() + refusedRetryMsOf(run);
      return 0;
    case 'ended':
      if (isHealthy) return 0;
      if (livedMs > 0) return course.betweenShort.next();
      return await concludeFruitless(run, course, `each watch of ${path} ends at once`);
    case 'unstreamed':
      // What the API server itself refuses it refuses for all types; another one behind it speaks for its own.
      if (run.type.group === '') link.streams = false;
      memory.avoidStream = true;
      return 0;
    case 'gone':
      // What does not know how to stream a first state may still have pages.
      if (wasFirstState) memory.avoidStream = true;
      giveUpVersion(run, course);
      if (livedMs > 0) return memory.backoff.next();
      return await concludeFruitless(run, course, `${path} is answered with 410, however new its version is`);
    case 'parked':
      await noteRead(run, course);
      await run.report(outcome.state, outcome.reason);
      await run.settled();
      return refusedRetryMsOf(run);
    case 'failed': {
      // What the server refuses again and again it may refuse because of the version.
      const refusesVersion = livedMs === 0 && memory.backoff.attempts >= PATIENCE_ATTEMPTS;
      if (outcome.relist === true || refusesVersion) giveUpVersion(run, course);
      const delayMs = Math.max(memory.backoff.next(), outcome.retryAfterMs ?? 0);
      await noteRead(run, course);
      await run.report('failing', outcome.reason);
      if (memory.backoff.attempts >= PATIENCE_ATTEMPTS) await run.settled();
      return delayMs;
    }
  }
}

/** Keeps one scope up to date until it is not wanted any longer or the link is over. Never rejects, and holds up no other one. */
export async function runScope(run: ScopeRun, pause: (delayMs: number) => Promise<void>): Promise<void> {
  const { link, memory, signal } = run;
  const { timing, random } = link.run;
  const { backoffMinMs: minMs } = timing;
  const course: Course = {
    betweenShort: createBackoff({ minMs, maxMs: BETWEEN_SHORT_WATCHES_MS_MAX, random }),
    ...{ fruitless: 0, unfollowed: 0, rereadAt: 0, listedAt: undefined },
  };
  memory.avoidStream = false;
  if (memory.version !== undefined) await run.report('listing');
  while (!isOver(signal)) {
    let caughtUpAt: number | undefined;
    const begunAt = link.run.now().toISOString();
    const isAnew = memory.version === undefined;
    const caughtUp = async (): Promise<void> => {
      if (caughtUpAt !== undefined || isOver(signal)) return;
      caughtUpAt = performance.now();
      if (isAnew) course.listedAt = begunAt;
      await (course.listedAt === undefined ? link.run.outbox.flush() : noteRead(run, course));
      await run.report('watching');
      await run.settled();
    };
    const outcome = isAnew ? await firstState(run, caughtUp) : await readWatch(run, false, { caughtUp });
    if (outcome.kind === 'listed') course.listedAt = begunAt;
    // The end of a connection ends its streams first: give it the chance to say so, before all types complain.
    await setImmediate();
    if (link.isLost() || isOver(signal)) return;
    const livedMs = caughtUpAt === undefined ? 0 : performance.now() - caughtUpAt;
    const delayMs = await conclude(run, outcome, livedMs, course);
    if (delayMs === undefined) return;
    if (delayMs > 0) await pause(delayMs);
  }
}

/** A pause that ends with the signal, or when it is woken. */
export function createPause(signal: AbortSignal): {
  readonly pause: (delayMs: number) => Promise<void>;
  readonly wake: () => void;
} {
  let woken = new AbortController();
  return {
    async pause(delayMs) {
      woken = new AbortController();
      await delay(delayMs, AbortSignal.any([signal, woken.signal]));
    },
    wake: () => woken.abort(),
  };
}
