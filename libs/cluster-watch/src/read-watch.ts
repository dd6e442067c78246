import { isFailure, messageOf } from '@mooring/kernel';
import { acceptOf } from './accept.ts';
import { isOver, type ScopeMemory } from './link.ts';
import { readLines, type Line } from './lines.ts';
import { outcomeOfStatus } from './outcome-of-status.ts';
import { paced } from './paced.ts';
import { withProgress } from './progress.ts';
import { collectionPathOf } from './resource-type.ts';
import { urlOf } from './scope.ts';
import type { Gathering, Outcome, ScopeRun } from './scope-run.ts';
import type { StreamedAnswer } from './session.ts';
import { parseWatchEvent } from './watch-event.ts';

/**
 * A resumed watch first sends what was missed, and does not say when that is over. A bookmark does, and so does silence for this long; where
 * there is never silence, what was missed has been sent by the later time.
 */
const QUIET_MS = 200;
const CATCH_UP_MS_MAX = 3000;
/** What the connection has already is read sooner than this. */
const BUFFERED_MS = 100;

export interface WatchHooks {
  /** Once per attempt: from here on the holdings are what the cluster has. */
  caughtUp(): Promise<void>;
}

/** One watch as it is asked for. */
interface AskedWatch {
  /** With a streamed first state. */
  readonly initial: boolean;
  /** After so many the server ends it. */
  readonly lifetimeSeconds: number;
}

function pathOf({ type, memory }: ScopeRun, { initial, lifetimeSeconds }: AskedWatch): string {
  return urlOf(type, memory.scope, {
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(lifetimeSeconds),
    ...(initial
      ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: memory.version ?? '' }),
  });
}

const DECIMAL = /^\d{1,20}$/;

/** Versions are opaque but for this: where both are numbers, a watch never gives a smaller one after a larger one. */
function moveOn(memory: ScopeMemory, version: string | undefined): void {
  if (version === undefined) return;
  const before = memory.version ?? '';
  const areNumbers = DECIMAL.test(version) && DECIMAL.test(before);
  if (areNumbers && (version.length < before.length || (version.length === before.length && version < before)))
    memory.distrustsVersions = true;
  memory.version = version;
}

/** Takes in one line; an outcome when the watch is over because of it. */
function takeLine(
  { memory, objects, type }: ScopeRun,
  line: Line,
  gathering: Gathering | undefined,
): Outcome | 'bookmark' | 'initial-end' | undefined {
  // The next state has to be read from the start: it may have been any change, and what is gone is not told again.
  const notUnderstood = (what: string): Outcome => ({
    kind: 'failed',
    reason: `${what} of ${collectionPathOf(type)} cannot be understood`,
    relist: true,
  });
  if (line.kind === 'oversized')
    return objects.oversized(line.prefix, gathering) ? undefined : notUnderstood('a delete');
  const event = parseWatchEvent(line.text);
  switch (event.kind) {
    case 'garbage':
      objects.garbage();
      return notUnderstood('a line');
    case 'error':
      if (event.code === 410) return { kind: 'gone' };
      return {
        kind: 'failed',
        reason: `${event.message} (${event.code})`,
        ...(event.retryAfterMs === undefined ? {} : { retryAfterMs: event.retryAfterMs }),
        relist: event.code < 500 || event.code === 504,
      };
    case 'bookmark':
      if (event.initialEnd) memory.version = event.version ?? memory.version;
      else if (gathering === undefined) {
        memory.givesBookmarks = true;
        moveOn(memory, event.version);
      }
      return event.initialEnd ? 'initial-end' : 'bookmark';
    case 'upsert':
      objects.upsert(event.object, event.isAdded, gathering);
      break;
    case 'delete':
      if (!objects.remove(event.object)) return notUnderstood('a delete');
      break;
  }
  if (gathering === undefined) moveOn(memory, event.version);
  return undefined;
}

async function readBody(
  run: ScopeRun,
  { chunks, sentAt }: StreamedAnswer,
  { initial, lifetimeSeconds }: AskedWatch,
  caughtUp: () => Promise<void>,
): Promise<Outcome> {
  const { link, memory, objects, signal, type } = run;
  const { timing, limits, bytePace } = link.run;
  let gathering = initial ? objects.begin() : undefined;
  const endBy = sentAt + lifetimeSeconds * 1000 + timing.overtimeMs;
  const progressMs = (): number => {
    if (gathering !== undefined) return timing.progressTimeoutMs;
    // Without bookmarks silence means nothing, until the server should have ended the watch. What has come is read even then.
    return memory.givesBookmarks ? timing.silenceMs : Math.max(BUFFERED_MS, endBy - performance.now());
  };
  const quiet = initial ? undefined : setTimeout(() => void caughtUp(), QUIET_MS);
  const catchUpBy = performance.now() + CATCH_UP_MS_MAX;
  try {
    for await (const line of readLines(
      paced(withProgress(chunks, progressMs), bytePace, signal),
      limits.lineBytesMax,
    )) {
      while (objects.busy !== undefined) await objects.busy;
      if (isOver(signal)) return { kind: 'over' };
      if (performance.now() < catchUpBy) quiet?.refresh();
      const result = takeLine(run, line, gathering);
      if (typeof result === 'object') return result;
      if (result === 'initial-end' && gathering !== undefined) {
        await objects.finish(gathering);
        gathering = undefined;
      }
      if (result !== undefined && gathering === undefined) await caughtUp();
      await objects.room();
    }
    if (gathering === undefined) return { kind: 'ended' };
    memory.avoidStream = true;
    return { kind: 'failed', reason: `the first state of ${collectionPathOf(type)} ended in the middle` };
  } catch (error) {
    const isSilent = isFailure(error, 'timeout');
    if (isSilent && gathering === undefined) return { kind: 'ended' };
    if (isSilent) memory.avoidStream = true;
    // What came after an endless line is not known.
    return { kind: 'failed', reason: messageOf(error), relist: isFailure(error, 'invalid') };
  } finally {
    clearTimeout(quiet);
  }
}

/** Reads one watch to its end: with `initial` a streamed first state and what follows it, else from the remembered version on. */
export async function readWatch(run: ScopeRun, initial: boolean, hooks: WatchHooks): Promise<Outcome> {
  const { link, type, signal } = run;
  const { timing, random } = link.run;
  const asked = { initial, lifetimeSeconds: Math.ceil((timing.watchLifetimeMs * (1 + random())) / 1000) };
  await link.pace.take(1, signal);
  const opened = await link.pool.open(pathOf(run, asked), {
    ...{ timeoutMs: timing.progressTimeoutMs, signal, accept: acceptOf(type, 'watch') },
    onWait: (why) => void run.report('listing', why),
  });
  if (!opened.ok) return { kind: 'failed', reason: opened.error.message };
  const answer = opened.value;
  try {
    if (answer.status === 200) return await readBody(run, answer, asked, () => hooks.caughtUp());
    const unstreamed = initial && (answer.status === 400 || answer.status === 422);
    return unstreamed ? { kind: 'unstreamed' } : await outcomeOfStatus(run, answer);
  } finally {
    answer.cancel();
  }
}
