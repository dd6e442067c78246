import { isFailure, messageOf } from '@mooring/kernel';
import { acceptOf } from './accept.ts';
import { asWord, at, parseObject, type JsonObject } from './json.ts';
import { isOver } from './link.ts';
import { readListItems } from './list-items.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { outcomeOfStatus } from './outcome-of-status.ts';
import { paced } from './paced.ts';
import { withProgress } from './progress.ts';
import { collectionPathOf } from './resource-type.ts';
import { urlOf } from './scope.ts';
import type { Gathering, Outcome, ScopeRun } from './scope-run.ts';
import type { StreamedAnswer } from './session.ts';

/** A list that has more pages than this never ends, whatever is on them. */
const PAGES_MAX = 10_000;

const broken = (reason: string): Outcome => ({ kind: 'failed', reason });

interface PageEnd {
  readonly version: string | undefined;
  readonly next: string;
}

/** A real API server says `null` where a list of metadata has no items. */
const isList = (document: JsonObject | undefined): document is JsonObject =>
  Array.isArray(document?.['items']) || (document?.['items'] === null && /List$/.test(asWord(document['kind']) ?? ''));

/** Takes in the items of one page as they come; `undefined` where what came is no list. */
async function takePage(
  { link, objects, signal }: ScopeRun,
  { chunks }: StreamedAnswer,
  gathering: Gathering,
): Promise<PageEnd | undefined> {
  const { limits, timing, bytePace } = link.run;
  const pacedChunks = paced(
    withProgress(chunks, () => timing.progressTimeoutMs),
    bytePace,
    signal,
  );
  for await (const part of readListItems(pacedChunks, limits.lineBytesMax)) {
    while (objects.busy !== undefined) await objects.busy;
    if (isOver(signal)) return undefined;
    if (part.kind === 'envelope') {
      const list = parseObject(part.text);
      if (!isList(list)) return undefined;
      const next = asWord(at(list, 'metadata', 'continue')) ?? '';
      return { version: asWord(at(list, 'metadata', 'resourceVersion')), next };
    }
    if (part.kind === 'item') objects.upsert(parseObject(withoutManagedFields(part.text)), true, gathering);
    else objects.oversized(part.prefix, gathering);
    await objects.room();
  }
  return undefined;
}

/**
 * Reads the whole scope page by page into the holdings and remembers where to watch from. Only when the last page is there, what no page
 * had is deleted: an attempt that breaks off deletes nothing.
 */
export async function readPages(run: ScopeRun): Promise<Outcome> {
  const { link, type, memory, objects, signal } = run;
  const { limits, timing } = link.run;
  const path = collectionPathOf(type, memory.scope.namespace);
  const gathering = objects.begin();
  const tokens = new Set<string>();
  let firstVersion: string | undefined;
  let token = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const parameters = { limit: String(limits.pageObjects), ...(token === '' ? {} : { continue: token }) };
    await link.pace.take(1, signal);
    const opened = await link.pool.open(urlOf(type, memory.scope, parameters), {
      ...{ timeoutMs: timing.progressTimeoutMs, signal, accept: acceptOf(type, 'list'), gzip: true },
      onWait: (why) => void run.report('listing', why),
    });
    if (isOver(signal)) return { kind: 'over' };
    if (!opened.ok) return broken(opened.error.message);
    const answer = opened.value;
    const { fresh, repeated } = gathering;
    let end: PageEnd | undefined;
    try {
      if (answer.status !== 200) return await outcomeOfStatus(run, answer);
      end = await takePage(run, answer, gathering);
    } catch (error) {
      return broken(isFailure(error, 'invalid') ? `the list of ${path} has ${error.message}` : messageOf(error));
    } finally {
      answer.cancel();
    }
    if (isOver(signal)) return { kind: 'over' };
    if (end === undefined) return broken(`what came for ${path} is not a list, or ended in the middle`);
    firstVersion ??= end.version;
    if (end.next === '') {
      if (firstVersion === undefined) return broken(`the list of ${path} has no version`);
      await objects.finish(gathering);
      memory.version = firstVersion;
      return { kind: 'listed' };
    }
    // A list is of one moment: no object is on two pages of it. A page may have none, though, and yet another one after it.
    if (tokens.has(end.next) || (gathering.fresh === fresh && gathering.repeated > repeated))
      return broken(`the list of ${path} gives the same page for ever`);
    tokens.add(end.next);
    token = end.next;
  }
  return broken(`the list of ${path} has more than ${PAGES_MAX} pages`);
}
