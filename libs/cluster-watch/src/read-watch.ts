import { isFailure, messageOf } from '@mooring/kernel';
import { createAbsorber, newGathering, type Absorber, type Gathering } from './absorb.ts';
import { isOver, reportWatching, type KindRun, type Outcome } from './kind-run.ts';
import { readLines, type Line } from './lines.ts';
import { outcomeOfStatus } from './outcome-of-status.ts';
import { withProgress } from './progress.ts';
import { collectionPathOf } from './resource-type.ts';
import type { StreamedAnswer } from './session.ts';
import { parseWatchEvent } from './watch-event.ts';

/**
 * A resumed watch first sends what was missed, and does not say when that is over. A bookmark does, and so does silence for this long; where
 * there is never silence, what was missed has been sent by the later time.
 */
const QUIET_MS = 200;
const CATCH_UP_MS_MAX = 3000;

export interface WatchHooks {
  /** Once per attempt: from here on the holdings are what the cluster has. */
  caughtUp(): Promise<void>;
}

function pathOf({ link, type, memory }: KindRun, initial: boolean): string {
  const { timing, random } = link.run;
  const lifetimeSeconds = Math.ceil((timing.watchLifetimeMs * (1 + random())) / 1000);
  const query = new URLSearchParams({
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(lifetimeSeconds),
    ...(initial
      ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: memory.version ?? '' }),
  });
  return `${collectionPathOf(type)}?${query.toString()}`;
}

/** Takes in one line; an outcome when the watch is over because of it. */
function absorbLine(
  run: KindRun,
  absorber: Absorber,
  line: Line,
  gathering: Gathering | undefined,
): Outcome | 'bookmark' | 'initial-end' | undefined {
  if (line.kind === 'oversized') {
    absorber.oversized(line, gathering);
    return undefined;
  }
  const event = parseWatchEvent(line.text);
  switch (event.kind) {
    case 'garbage':
      // It may have been a change, so the next state has to be read from the start.
      run.memory.leftOut += 1;
      return { kind: 'failed', reason: `a line of ${collectionPathOf(run.type)} cannot be understood`, relist: true };
    case 'error':
      if (event.code === 410) return { kind: 'gone' };
      return {
        kind: 'failed',
        reason: `${event.message} (${event.code})`,
        ...(event.retryAfterMs === undefined ? {} : { retryAfterMs: event.retryAfterMs }),
        relist: event.code < 500 || event.code === 504,
      };
    case 'bookmark':
      if (gathering === undefined || event.initialEnd) run.memory.version = event.version ?? run.memory.version;
      return event.initialEnd ? 'initial-end' : 'bookmark';
    case 'upsert':
      absorber.upsert(event.object, gathering);
      break;
    case 'delete':
      absorber.remove(event.object, gathering);
      break;
  }
  if (gathering === undefined) run.memory.version = event.version ?? run.memory.version;
  return undefined;
}

/** Not for each of many: when it was the first one, or twice as many as was last said. */
const leftOutMore = ({ memory: { leftOut, status } }: KindRun): boolean =>
  status?.state === 'watching' && leftOut >= Math.max(1, status.leftOut * 2) && leftOut !== status.leftOut;

async function readBody(
  run: KindRun,
  { chunks }: StreamedAnswer,
  initial: boolean,
  caughtUp: () => Promise<void>,
): Promise<Outcome> {
  const { timing, limits, outbox } = run.link.run;
  const absorber = createAbsorber(run);
  let gathering = initial ? newGathering() : undefined;
  const progressMs = (): number | undefined => (gathering === undefined ? undefined : timing.progressTimeoutMs);
  const quiet = initial ? undefined : setTimeout(() => void caughtUp(), QUIET_MS);
  const catchUpBy = performance.now() + CATCH_UP_MS_MAX;
  try {
    for await (const line of readLines(withProgress(chunks, progressMs), limits.lineBytesMax)) {
      if (isOver(run.link.signal)) return { kind: 'link-lost' };
      if (performance.now() < catchUpBy) quiet?.refresh();
      const result = absorbLine(run, absorber, line, gathering);
      if (typeof result === 'object') return result;
      if (result === 'initial-end' && gathering !== undefined) {
        absorber.finish(gathering);
        gathering = undefined;
      }
      if (result !== undefined && gathering === undefined) await caughtUp();
      if (leftOutMore(run)) await reportWatching(run);
      await outbox.room();
    }
    if (gathering === undefined) return { kind: 'ended' };
    run.memory.avoidStream = true;
    return { kind: 'failed', reason: `the first state of ${collectionPathOf(run.type)} ended in the middle` };
  } catch (error) {
    if (isFailure(error, 'timeout')) run.memory.avoidStream = true;
    return { kind: 'failed', reason: messageOf(error) };
  } finally {
    clearTimeout(quiet);
  }
}

/** Reads one watch to its end: with `initial` a streamed first state and what follows it, else from the remembered version on. */
export async function readWatch(run: KindRun, initial: boolean, hooks: WatchHooks): Promise<Outcome> {
  const { link } = run;
  const opened = await link.session.open(pathOf(run, initial), {
    timeoutMs: link.run.timing.progressTimeoutMs,
    signal: link.signal,
  });
  if (!opened.ok) return { kind: 'failed', reason: opened.error.message };
  const answer = opened.value;
  try {
    if (answer.status === 200) return await readBody(run, answer, initial, () => hooks.caughtUp());
    const unstreamed = initial && (answer.status === 400 || answer.status === 422);
    return unstreamed ? { kind: 'unstreamed' } : outcomeOfStatus(run, answer);
  } finally {
    answer.cancel();
  }
}
