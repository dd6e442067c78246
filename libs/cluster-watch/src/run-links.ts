import { createBackoff, delay, messageOf, ok, refused, type Backoff, type Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import { newCatalogMemory } from './catalog-watch.ts';
import { refusedBecause } from './explain.ts';
import { identify } from './identify.ts';
import type { ClusterIdentity } from './identity.ts';
import { isOver, type WatchRun } from './link.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { GroupResource } from './resource-type.ts';
import { runLink } from './run-link.ts';
import { openSession, type Session } from './session.ts';
import { createStreamPool, type StreamPool } from './stream-pool.ts';
import type { TierProgress } from './tiers.ts';
import type { TypeRegistry } from './type-registry.ts';
import type { WatchOptions } from './watch-options.ts';

/** Why a watch ended without an error: it was told to, or the address leads to another cluster now. */
export type WatchEnd = 'stopped' | 'identity-changed';

interface Connected {
  readonly session: Session;
  readonly identity: ClusterIdentity;
}

export interface LinksOptions {
  readonly options: WatchOptions;
  readonly run: WatchRun;
  readonly registry: TypeRegistry;
  readonly stop: AbortSignal;
  /** Types of which the sink has something from before. */
  readonly known: () => readonly GroupResource[];
  readonly onOpen: (opened: Pick<TierProgress, 'selectionChanged'> & { readonly pool: StreamPool }) => void;
}

async function refreshedAccess({
  access,
  refreshAccess,
}: WatchOptions): Promise<Result<ClusterAccess, ClusterRefusal>> {
  try {
    return ok((await refreshAccess?.()) ?? access);
  } catch (error) {
    return refused(refusedBecause('credential-unusable', messageOf(error)));
  }
}

async function open({ options, run, stop }: LinksOptions): Promise<Result<Session, ClusterRefusal>> {
  const { connectTimeoutMs: timeoutMs, pingIntervalMs, pingTimeoutMs } = run.timing;
  const access = await refreshedAccess(options);
  if (!access.ok) return access;
  return await openSession(access.value, { timeoutMs, signal: stop, pingIntervalMs, pingTimeoutMs });
}

async function connect(links: LinksOptions): Promise<Result<Connected, ClusterRefusal>> {
  const opened = await open(links);
  if (!opened.ok) return opened;
  const session = opened.value;
  const { timing } = links.run;
  const { server } = links.options.access;
  const identity = await identify(session, { timeoutMs: timing.connectTimeoutMs, signal: links.stop, server });
  if (identity.ok) return ok({ session, identity: identity.value });
  session[Symbol.dispose]();
  return identity;
}

const identityChanged = (expected: string, found: string): ClusterRefusal =>
  refusedBecause('identity-changed', `expected the cluster ${expected}, found ${found}`);

/** A further connection of a link: the address may lead to another cluster by now, though the first connection still has the one it had. */
async function connectAgain(links: LinksOptions, uid: string): Promise<Result<Session, ClusterRefusal>> {
  const connected = await connect(links);
  if (!connected.ok) return connected;
  const { session, identity } = connected.value;
  if (identity.uid === uid) return ok(session);
  session[Symbol.dispose]();
  return refused(identityChanged(uid, identity.uid));
}

/** One link after the other, from the start of a watch to its end. Resolves early when `stop` aborts. */
export async function runLinks(links: LinksOptions): Promise<WatchEnd> {
  const { options, run, registry, stop, known, onOpen } = links;
  const { timing, limits, sink, now, random } = run;
  const streams = options.firstState !== 'paged';
  const newBackoff = (): Backoff =>
    createBackoff({ minMs: timing.linkBackoffMinMs, maxMs: timing.linkBackoffMaxMs, random });
  const backoff = newBackoff();
  const catalog = newCatalogMemory();
  let uid = options.expectedUid;
  let number = 0;
  const loss = { isLost: false, attempts: 0, since: now().toISOString() };
  const lost = async (refusal: ClusterRefusal): Promise<void> => {
    loss.isLost = true;
    const { attempts, since } = loss;
    await sink.call((accepting) => accepting.onLinkLost({ refusal, attempts, since }));
  };

  while (!isOver(stop)) {
    const connected = await connect(links);
    if (isOver(stop)) {
      if (connected.ok) connected.value.session[Symbol.dispose]();
      break;
    }
    if (!connected.ok) {
      loss.attempts += 1;
      await lost(connected.error);
      const retryAfterMs = connected.error.kind === 'unreachable' ? (connected.error.retryAfterMs ?? 0) : 0;
      await delay(Math.max(backoff.next(), retryAfterMs), stop);
      continue;
    }
    const { session, identity } = connected.value;
    using pool = createStreamPool(session, {
      connectionsMax: limits.connectionsMax,
      streamsMax: limits.streamsPerConnection,
      connect: () => connectAgain(links, identity.uid),
      ...{ backoff: newBackoff(), healthyAfterMs: timing.healthyAfterMs },
    });
    uid ??= identity.uid;
    if (identity.uid !== uid) {
      loss.attempts += 1;
      await lost(identityChanged(uid, identity.uid));
      return 'identity-changed';
    }
    if (loss.isLost) await sink.call((accepting) => accepting.onLinkRestored());
    loss.isLost = false;
    await sink.call((accepting) => accepting.onIdentity(identity));
    await sink.call((accepting) => accepting.onTier('identity'));
    number += 1;
    const startedAt = performance.now();
    const refusal = await runLink({
      ...{ run, session, pool, registry, catalog, known, number, streams, stop },
      onOpen: (hears) => onOpen({ pool, selectionChanged: () => hears.selectionChanged() }),
    });
    if (refusal === undefined) break;
    if (performance.now() - startedAt >= timing.healthyAfterMs) backoff.reset();
    loss.attempts = 0;
    loss.since = now().toISOString();
    pool[Symbol.dispose]();
    await lost(refusal);
    await delay(backoff.next(), stop);
  }
  return 'stopped';
}
