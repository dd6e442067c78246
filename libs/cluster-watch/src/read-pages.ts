import { createAbsorber, newGathering } from './absorb.ts';
import { asList, asObject, asWord, at, parseObject } from './json.ts';
import type { KindRun, Outcome } from './kind-run.ts';
import { outcomeOfStatus } from './outcome-of-status.ts';
import { collectionPathOf } from './resource-type.ts';

/** A page of 500 pods has 4 MB; one that is far larger is no page. */
const PAGE_BYTES_MAX = 128 * 1024 * 1024;
/** A list that has more pages than this never ends. */
const PAGES_MAX = 10_000;

const broken = (reason: string): Outcome => ({ kind: 'failed', reason });

/**
 * Reads the whole kind page by page into the holdings and remembers where to watch from. Only when the last page is there, what no page
 * had is deleted: an attempt that breaks off deletes nothing.
 */
export async function readPages(run: KindRun): Promise<Outcome> {
  const { link, type, memory } = run;
  const path = collectionPathOf(type);
  const { limits, timing, outbox } = link.run;
  const absorber = createAbsorber(run);
  const gathering = newGathering();
  let firstVersion: string | undefined;
  let token = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = new URLSearchParams({
      limit: String(limits.pageObjects),
      ...(token === '' ? {} : { continue: token }),
    });
    const answer = await link.session.get(`${path}?${query.toString()}`, {
      timeoutMs: timing.progressTimeoutMs,
      signal: link.signal,
      bytesMax: PAGE_BYTES_MAX,
    });
    if (!answer.ok) return broken(answer.error.message);
    if (answer.value.status !== 200) return outcomeOfStatus(run, answer.value);
    const list = parseObject(answer.value.text);
    if (list === undefined || !Array.isArray(list['items'])) return broken(`what came for ${path} is not a list`);
    for (const item of asList(list['items'])) absorber.upsert(asObject(item) ?? {}, gathering);
    await outbox.room();
    if (link.signal.aborted) return { kind: 'link-lost' };
    firstVersion ??= asWord(at(list, 'metadata', 'resourceVersion'));
    const next = asWord(at(list, 'metadata', 'continue')) ?? '';
    if (next === '') {
      if (firstVersion === undefined) return broken(`the list of ${path} has no version`);
      absorber.finish(gathering);
      memory.version = firstVersion;
      return { kind: 'listed' };
    }
    if (next === token) return broken(`the list of ${path} gives the same page for ever`);
    token = next;
  }
  return broken(`the list of ${path} has more than ${PAGES_MAX} pages`);
}
