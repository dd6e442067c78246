import { setImmediate } from 'node:timers/promises';
import { delay } from '@mooring/kernel';
import { isOver, report, reportWatching, type KindRun, type Outcome } from './kind-run.ts';
import { readPages } from './read-pages.ts';
import { readWatch } from './read-watch.ts';

/** After so many failed attempts in a row the snapshot of the others is not held up any longer. */
const PATIENCE_ATTEMPTS = 5;
/** A watch that the server ends sooner than this is asked for again only after a pause. */
const SHORT_WATCH_MS = 1000;

/** The first state, and for a streamed one the watch that goes on from it. At most `listsAtOnce` are read at a time. */
async function firstState(run: KindRun, caughtUp: () => Promise<void>): Promise<Outcome> {
  const { link, memory } = run;
  const release = await link.slots.acquire();
  try {
    if (link.signal.aborted) return { kind: 'link-lost' };
    await report(run, 'listing');
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

/** How long to wait before the next attempt; reports what happened. `undefined` ends the kind with its link. */
async function digest(run: KindRun, outcome: Outcome, livedMs: number): Promise<number | undefined> {
  const { link, memory } = run;
  const { timing } = link.run;
  if (livedMs >= timing.healthyAfterMs) memory.backoff.reset();
  switch (outcome.kind) {
    case 'link-lost':
      return undefined;
    case 'listed':
      return 0;
    case 'ended':
      return livedMs < SHORT_WATCH_MS ? memory.backoff.next() : 0;
    case 'unstreamed':
      link.streams = false;
      return 0;
    case 'gone':
      memory.version = undefined;
      return memory.backoff.next();
    case 'parked':
      await report(run, outcome.state, outcome.reason);
      await link.settled(run.type);
      return timing.refusedRetryMs;
    case 'failed': {
      if (outcome.relist === true) memory.version = undefined;
      const delayMs = Math.max(memory.backoff.next(), outcome.retryAfterMs ?? 0);
      await report(run, 'failing', outcome.reason);
      if (memory.backoff.attempts >= PATIENCE_ATTEMPTS) await link.settled(run.type);
      return delayMs;
    }
  }
}

/** Keeps one kind up to date as long as the link lives. Never rejects, and holds up no other kind. */
export async function runKind(run: KindRun): Promise<void> {
  const { link, memory } = run;
  memory.avoidStream = false;
  if (memory.version !== undefined) await report(run, 'listing');
  while (!isOver(link.signal)) {
    let caughtUpAt: number | undefined;
    const caughtUp = async (): Promise<void> => {
      if (caughtUpAt !== undefined || isOver(link.signal)) return;
      caughtUpAt = performance.now();
      await link.run.outbox.flush();
      await reportWatching(run);
      await link.settled(run.type);
    };
    const outcome =
      memory.version === undefined ? await firstState(run, caughtUp) : await readWatch(run, false, { caughtUp });
    // The end of a connection ends its streams first: give it the chance to say so, before eight kinds complain.
    await setImmediate();
    if (link.session.isLost || isOver(link.signal)) return;
    const livedMs = caughtUpAt === undefined ? 0 : performance.now() - caughtUpAt;
    const delayMs = await digest(run, outcome, livedMs);
    if (delayMs === undefined) return;
    if (delayMs > 0) await delay(delayMs, link.signal);
  }
}
