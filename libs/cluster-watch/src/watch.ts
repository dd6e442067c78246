import { setMaxListeners } from 'node:events';
import { createBackoff, delay, messageOf, ok, refused, type Backoff, type Result } from '@mooring/kernel';
import type { ClusterAccess } from './access.ts';
import { BASIC_TYPES } from './basic-types.ts';
import { DIGEST_BUCKETS, type Digest } from './digest.ts';
import { refusedBecause } from './explain.ts';
import { createHoldings } from './holdings.ts';
import { identify } from './identify.ts';
import type { ClusterIdentity } from './identity.ts';
import { isOver, type KindMemory, type WatchRun } from './kind-run.ts';
import { createOutbox } from './outbox.ts';
import type { ClusterRefusal } from './refusal.ts';
import type { GroupResource } from './resource-type.ts';
import { runLink } from './run-link.ts';
import { createSerialSink } from './serial-sink.ts';
import { isSelected } from './selection.ts';
import { openSession, type Session } from './session.ts';
import type { ClusterSink } from './sink.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMING, type KnownObject, type WatchOptions } from './watch-options.ts';

/** Why a watch ended without an error: it was told to, or the address leads to another cluster now. */
export type WatchEnd = 'stopped' | 'identity-changed';

export interface ClusterWatch extends AsyncDisposable {
  /** Settles when the watch has ended and the sink is called no more. Rejects only with what the sink (or `initial`) threw. */
  readonly finished: Promise<WatchEnd>;
  /** Of what the cluster has of a type, as far as it was read: empty for what is not watched, and before its first state began. */
  digest(type: GroupResource): Digest;
  /** Stops; resolves when `finished` has settled. Never rejects. */
  [Symbol.asyncDispose](): Promise<void>;
}

interface Connected {
  readonly session: Session;
  readonly identity: ClusterIdentity;
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

async function connect(
  options: WatchOptions,
  run: WatchRun,
  signal: AbortSignal,
): Promise<Result<Connected, ClusterRefusal>> {
  const { connectTimeoutMs: timeoutMs, pingIntervalMs, pingTimeoutMs } = run.timing;
  const access = await refreshedAccess(options);
  if (!access.ok) return access;
  const opened = await openSession(access.value, { timeoutMs, signal, pingIntervalMs, pingTimeoutMs });
  if (!opened.ok) return opened;
  const session = opened.value;
  const identity = await identify(session, { timeoutMs, signal, server: access.value.server });
  if (identity.ok) return ok({ session, identity: identity.value });
  session[Symbol.dispose]();
  return identity;
}

async function* allKnown({ known }: WatchOptions): AsyncGenerator<KnownObject> {
  if (known === undefined) return;
  const buckets = [...Array(DIGEST_BUCKETS).keys()];
  for (const type of (await known.digest()).keys()) yield* known.objects(type, buckets);
}

/** One watch from its start to its end. Resolves early when `stop` aborts. */
async function runWatch(options: WatchOptions, run: WatchRun, stop: AbortSignal): Promise<WatchEnd> {
  const { timing, holdings, sink, now, random } = run;
  const newBackoff = (): Backoff => createBackoff({ minMs: timing.backoffMinMs, maxMs: timing.backoffMaxMs, random });
  const types = BASIC_TYPES.filter((type) => isSelected(type, options.selection ?? {}));
  const memories = new Map<GroupResource, KindMemory>(
    types.map(({ groupResource }) => [
      groupResource,
      { version: undefined, avoidStream: false, leftOut: 0, status: undefined, backoff: newBackoff() },
    ]),
  );
  for await (const { type, uid, hash } of options.initial ?? allKnown(options))
    if (memories.has(type)) holdings.accept(type, uid, hash);

  const streams = options.firstState !== 'paged';
  const backoff = newBackoff();
  let uid = options.expectedUid;
  let links = 0;
  const loss = { isLost: false, attempts: 0, since: now().toISOString() };
  const lost = async (refusal: ClusterRefusal): Promise<void> => {
    loss.isLost = true;
    const { attempts, since } = loss;
    await sink.call((accepting) => accepting.onLinkLost({ refusal, attempts, since }));
  };

  while (!isOver(stop)) {
    const connected = await connect(options, run, stop);
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
    using session = connected.value.session;
    const { identity } = connected.value;
    uid ??= identity.uid;
    if (identity.uid !== uid) {
      loss.attempts += 1;
      await lost(refusedBecause('identity-changed', `expected the cluster ${uid}, found ${identity.uid}`));
      return 'identity-changed';
    }
    if (loss.isLost) await sink.call((accepting) => accepting.onLinkRestored());
    loss.isLost = false;
    await sink.call((accepting) => accepting.onIdentity(identity));
    await sink.call((accepting) => accepting.onTier('identity'));
    links += 1;
    const startedAt = performance.now();
    const refusal = await runLink({ run, session, types, memories, number: links, streams, stop });
    if (refusal === undefined) break;
    if (performance.now() - startedAt >= timing.healthyAfterMs) backoff.reset();
    loss.attempts = 0;
    loss.since = now().toISOString();
    session[Symbol.dispose]();
    await lost(refusal);
    await delay(backoff.next(), stop);
  }
  return 'stopped';
}

/**
 * Watches one cluster over one HTTP/2 connection until told to stop, whatever happens to the cluster meanwhile. See {@link ClusterSink}
 * for what is delivered in which order. Reads `BASIC_TYPES` as far as they are selected and nothing else; secrets and config maps never.
 */
export function watchCluster(options: WatchOptions, sink: ClusterSink): ClusterWatch {
  const stopping = new AbortController();
  const stop = AbortSignal.any([stopping.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  setMaxListeners(0, stop);
  let failure: { readonly error: unknown } | undefined;
  const serial = createSerialSink(sink, stop, (error) => {
    failure ??= { error };
    stopping.abort();
  });
  const holdings = createHoldings();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const outbox = createOutbox(holdings, serial, { flushMs: timing.flushMs, batchChanges: limits.batchChanges });
  const { now = () => new Date(), random = Math.random } = options;
  const run: WatchRun = { holdings, outbox, sink: serial, timing, limits, now, random };

  const finish = async (): Promise<WatchEnd> => {
    try {
      return await runWatch(options, run, stop);
    } finally {
      stopping.abort();
      outbox.close();
      await serial.idle();
      // eslint-disable-next-line no-unsafe-finally -- the sink's own error is the reason for the end
      if (failure !== undefined) throw failure.error;
    }
  };
  const finished = finish();
  const quietly = finished.then(
    () => undefined,
    () => undefined,
  );
  return {
    finished,
    digest: (type) => holdings.digest(type),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await quietly;
    },
  };
}
