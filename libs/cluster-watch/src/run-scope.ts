import { setImmediate } from 'node:timers/promises';
import { createBackoff, delay, type Backoff } from '@mooring/kernel';
import { isOver } from './link.ts';
import { readPages } from './read-pages.ts';
import { readWatch } from './read-watch.ts';
import type { Outcome, ScopeRun } from './scope-run.ts';

/** After so many failed attempts in a row the snapshot of the others is not held up any longer. */
const PATIENCE_ATTEMPTS = 5;
/**
 * Something on the way may end every watch after a moment. What changes between two of them is late by the pause, so it is no longer than
 * this.
 */
const BETWEEN_SHORT_WATCHES_MS_MAX = 5000;

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

/** How long to wait before the next attempt; reports what happened. `undefined` ends the scope. */
async function conclude(
  run: ScopeRun,
  outcome: Outcome,
  livedMs: number,
  betweenShort: Backoff,
): Promise<number | undefined> {
  const { link, memory } = run;
  const { timing, random } = link.run;
  const isHealthy = livedMs >= timing.healthyAfterMs;
  if (isHealthy) {
    memory.backoff.reset();
    betweenShort.reset();
  }
  if (memory.distrustsVersions && outcome.kind !== 'listed') memory.version = undefined;
  switch (outcome.kind) {
    case 'over':
      return undefined;
    case 'listed':
      return 0;
    case 'ended':
      if (isHealthy) return 0;
      return livedMs === 0 ? memory.backoff.next() : betweenShort.next();
    case 'unstreamed':
      // What the API server itself refuses it refuses for all types; another one behind it speaks for its own.
      if (run.type.group === '') link.streams = false;
      memory.avoidStream = true;
      return 0;
    case 'gone':
      memory.version = undefined;
      return memory.backoff.next();
    case 'parked':
      await run.report(outcome.state, outcome.reason);
      await run.settled();
      // Hundreds of types are refused in the same moment: they are not asked for again in the same one.
      return timing.refusedRetryMs * (0.8 + 0.4 * random());
    case 'failed': {
      // What the server refuses again and again it may refuse because of the version.
      const refusesVersion = livedMs === 0 && memory.backoff.attempts >= PATIENCE_ATTEMPTS;
      if (outcome.relist === true || refusesVersion) memory.version = undefined;
      const delayMs = Math.max(memory.backoff.next(), outcome.retryAfterMs ?? 0);
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
  const betweenShort = createBackoff({ minMs, maxMs: BETWEEN_SHORT_WATCHES_MS_MAX, random });
  memory.avoidStream = false;
  if (memory.version !== undefined) await run.report('listing');
  while (!isOver(signal)) {
    let caughtUpAt: number | undefined;
    const caughtUp = async (): Promise<void> => {
      if (caughtUpAt !== undefined || isOver(signal)) return;
      caughtUpAt = performance.now();
      await link.run.outbox.flush();
      await run.report('watching');
      await run.settled();
    };
    const outcome =
      memory.version === undefined ? await firstState(run, caughtUp) : await readWatch(run, false, { caughtUp });
    // The end of a connection ends its streams first: give it the chance to say so, before all types complain.
    await setImmediate();
    if (link.isLost() || isOver(signal)) return;
    const livedMs = caughtUpAt === undefined ? 0 : performance.now() - caughtUpAt;
    const delayMs = await conclude(run, outcome, livedMs, betweenShort);
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
