import { createBackoff, delay } from '@mooring/kernel';
import { acceptOf } from './accept.ts';
import { BASIC_TYPES } from './basic-types.ts';
import type { Catalog } from './catalog.ts';
import type { Link } from './link.ts';
import { isOver } from './link.ts';
import { createCatalogReader } from './read-catalog.ts';
import { collectionPathOf, type GroupResource, type ResourceType } from './resource-type.ts';

/** What the cluster serves, as far as one may act on it. */
export interface Offer {
  readonly types: ReadonlyMap<GroupResource, ResourceType>;
  /** Groups whose types are not known now; `*` while nothing is. */
  readonly staleGroups: readonly string[];
  /** Types that are certainly served no longer. */
  readonly gone: ReadonlySet<GroupResource>;
}

/** What is kept of discovery from link to link. */
export interface CatalogMemory {
  offer: Offer | undefined;
  /** Types that discovery named once and does not name any more, with the time at which that was noticed, in milliseconds. */
  readonly absentSince: Map<GroupResource, number>;
}

export const newCatalogMemory = (): CatalogMemory => ({ offer: undefined, absentSince: new Map() });

export interface CatalogWatchOptions {
  readonly link: Link;
  readonly memory: CatalogMemory;
  /** Types of which the sink has something from before. */
  readonly known: () => readonly GroupResource[];
  readonly onOffer: (offer: Offer) => void;
  /** The types are known, or discovery has failed so often that nobody waits for it. */
  readonly onSettled: () => Promise<void>;
  /** After a look whose reason was a change in what decides about types. */
  readonly onSensed: () => void;
}

/** After so many failed looks in a row the snapshot is not held up any longer. */
const PATIENCE_LOOKS = 5;
/** A server says a little after a change what it serves now: it is asked again after so many times the first delay. */
const LOOKS = [1, 7, 30];

/** How much longer discovery has to be silent on a type that may not be read, or of which it is not known in which version to ask for it. */
const UNASKABLE_TIMES = 10;

const groupOf = (name: GroupResource): string => name.split('.').slice(1).join('.');

const BASIC_OFFER: Offer = {
  types: new Map(BASIC_TYPES.map((type) => [type.groupResource, type])),
  staleGroups: ['*'],
  gone: new Set(),
};

/** What a type that discovery does not name answers itself: discovery alone may be that of a server that is just starting. */
async function statusOf({ pool, run, signal }: Link, type: ResourceType): Promise<number | undefined> {
  const answer = await pool.get(`${collectionPathOf(type)}?limit=1`, {
    ...{ timeoutMs: run.timing.progressTimeoutMs, signal, accept: acceptOf(type, 'list') },
    bytesMax: run.limits.lineBytesMax,
  });
  return answer.ok ? answer.value.status : undefined;
}

/**
 * Turns what discovery says now into what one may act on: a type is gone only when that was said twice, and its list is 404; or said for
 * {@link UNASKABLE_TIMES} as long, where its list tells nothing.
 */
async function toOffer({ link, memory, known }: CatalogWatchOptions, catalog: Catalog): Promise<Offer> {
  const { run } = link;
  const types = new Map(catalog.types);
  const gone = new Set<GroupResource>();
  const before = memory.offer?.types ?? new Map<GroupResource, ResourceType>();
  const now = run.now().getTime();
  const absentBefore = new Map(memory.absentSince);
  memory.absentSince.clear();
  for (const name of new Set([...before.keys(), ...known()])) {
    if (catalog.types.has(name)) continue;
    const type = before.get(name);
    const since = absentBefore.get(name) ?? now;
    const isStale = catalog.staleGroups.has(groupOf(name));
    const { removalConfirmMs } = run.timing;
    if (!isStale && now - since >= removalConfirmMs) {
      const status = type === undefined ? undefined : await statusOf(link, type);
      // Who may not read a type is told so whether there is one or not.
      const isUnaskable = type === undefined || status === 403;
      const isCertain = status === 404 || (isUnaskable && now - since >= UNASKABLE_TIMES * removalConfirmMs);
      if (isCertain) {
        gone.add(name);
        continue;
      }
    }
    if (!isStale) memory.absentSince.set(name, since);
    if (type !== undefined) types.set(name, type);
  }
  return { types, staleGroups: [...catalog.staleGroups].sort(), gone };
}

/** Finds out what the cluster serves, again whenever it may have changed, until the link is over. Never rejects. */
export function watchCatalog(options: CatalogWatchOptions): {
  readonly done: Promise<void>;
  touched(sensed: boolean): void;
} {
  const { link, memory, onOffer, onSettled, onSensed } = options;
  const { run, signal } = link;
  const { timing, random } = run;
  const backoff = createBackoff({ minMs: timing.backoffMinMs, maxMs: timing.backoffMaxMs, random });
  let due: readonly number[] = [];
  let sensedUntil = 0;
  /** The server asked us not to come sooner, whatever changes. */
  let notBefore = 0;
  let waiting = new AbortController();

  const touched = (sensed: boolean): void => {
    const now = performance.now();
    const [soon = 0, ...later] = LOOKS.map((times) => now + times * timing.discoveryDelayMs);
    due = [Math.min(due[0] ?? soon, soon), ...later];
    if (sensed) sensedUntil = due.at(-1) ?? 0;
    waiting.abort();
  };
  /** Soon after a type was missed first, and less and less often while that can be neither confirmed nor refuted. */
  const unconfirmedLookInMs = (): number => {
    const [newest] = [...memory.absentSince.values()].sort((a, b) => b - a);
    if (newest === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(timing.removalConfirmMs, run.now().getTime() - newest);
  };
  const nextLookInMs = (failures: number): number => {
    const now = performance.now();
    due = due.filter((at) => at > now);
    const jitter = 0.8 + 0.4 * random();
    const afterFailure = failures > PATIENCE_LOOKS ? timing.refusedRetryMs * jitter : backoff.next();
    const inMs = Math.min(
      due[0] === undefined ? Number.POSITIVE_INFINITY : due[0] - now,
      failures > 0 ? afterFailure : timing.rediscoverMs * jitter,
      unconfirmedLookInMs(),
    );
    return Math.max(inMs, notBefore - now);
  };

  const watch = async (): Promise<void> => {
    const reader = createCatalogReader(link);
    for (let failures = 0; !isOver(signal);) {
      const wasSensed = performance.now() <= sensedUntil + timing.discoveryDelayMs;
      const answer = await reader.read();
      if (isOver(signal)) return;
      const catalog = 'types' in answer ? answer : undefined;
      notBefore = 'types' in answer ? 0 : performance.now() + answer.retryAfterMs;
      failures = catalog === undefined ? failures + 1 : 0;
      if (catalog !== undefined) {
        backoff.reset();
        const offer = await toOffer(options, catalog);
        if (isOver(signal)) return;
        memory.offer = offer;
        onOffer(offer);
        if (wasSensed) onSensed();
      } else if (memory.offer === undefined) onOffer(BASIC_OFFER);
      if (catalog !== undefined || failures === PATIENCE_LOOKS) await onSettled();
      await pause(nextLookInMs(failures));
    }
  };
  const pause = async (delayMs: number): Promise<void> => {
    waiting = new AbortController();
    await delay(delayMs, AbortSignal.any([signal, waiting.signal]));
    // Woken by a change: what it leads to is worth the first delay.
    const [first] = due;
    if (waiting.signal.aborted && first !== undefined && !isOver(signal))
      await delay(Math.max(0, Math.max(first, notBefore) - performance.now()), signal);
  };
  return { done: watch(), touched };
}
