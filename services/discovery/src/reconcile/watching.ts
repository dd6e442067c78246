import {
  watchCluster,
  type ClusterAccess,
  type ClusterWatch,
  type Selection,
  type WatchLimits,
} from '@mooring/cluster-watch';
import { Failure, isFailure } from '@mooring/kernel';
import type { Logger } from '@mooring/service-host';
import type { Credentials } from '../adapters/credentials.ts';
import type { Inventory, Writer } from '../adapters/inventory.ts';
import type { Timing } from '../config.ts';
import { modeOf } from '../domain/mode.ts';
import type { SeenCluster } from '../domain/observed.ts';
import { createClusterSink } from './cluster-sink.ts';
import { createHeldBackWatch } from './held-back.ts';
import type { Places } from './places.ts';
import type { RunningWatches } from './running-watches.ts';
import type { Facts, Situation } from './situation.ts';

export interface WatchingOptions {
  readonly credentials: Credentials;
  readonly inventory: Inventory;
  readonly writer: Writer;
  readonly situation: Situation;
  readonly firstStates: Places;
  readonly timing: Timing;
  readonly selection: Selection;
  readonly limits: Partial<WatchLimits>;
  readonly watches: RunningWatches;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A cluster that is slow with its first state holds up the others at most so long. */
const FIRST_STATE_TURN_MS = 60_000;

/** A quiet cluster was seen last when it was last known to be live. */
const PULSE_MS = 30_000;

/**
 * Whether watching is over: it is not wanted any more; we are refused, so other credentials have their turn; or the cluster
 * was said to be lost, so from now on single looks are enough. A link that ends with a refusal is not one yet: tokens expire, and
 * the watch connects once with the credential as it is now, which costs no first state.
 */
const isOver = ({ desired, observed, reported }: Facts): boolean =>
  modeOf(desired) !== 'watch' ||
  (observed.kind === 'away' &&
    ((observed.trouble.kind === 'refused' && observed.looks > 0) ||
      (reported?.type === 'ClusterLost' && reported.decision === desired.decision)));

/** Something may not be read, and a credential has come that perhaps may. */
const mayBeBettered = ({ desired, observed }: Facts, tried: ReadonlySet<string>): boolean =>
  observed.kind === 'complete' &&
  observed.snapshot.kinds.some(({ status }) => status === 'forbidden') &&
  desired.credentials.some(({ id }) => !tried.has(id));

/**
 * Keeps the inventory equal to a cluster that was just seen, until that is over or `signal` aborts. A short break of the link
 * and an expired token are the watch's own business: it goes on where it was. Rejects with what the inventory or the credentials threw.
 */
export async function watchUntilOver(seen: SeenCluster, options: WatchingOptions): Promise<void> {
  const { credentials, inventory, writer, situation, firstStates, timing, signal } = options;
  const tried = new Set(situation.facts.desired.credentials.map(({ id }) => id));
  const giveBack = await firstStates.take(signal);
  const turn = setTimeout(giveBack, FIRST_STATE_TURN_MS);
  let tellHeldBack: () => void = () => undefined;
  let uncount: () => void = () => undefined;
  const pulse = setInterval(() => {
    tellHeldBack();
    // A Failure shows where it matters, when changes are written.
    if (situation.facts.observed.kind === 'complete')
      void inventory.note(writer, { last_seen_at: new Date() }).catch(() => undefined);
  }, PULSE_MS);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  try {
    const access = await opened(credentials, seen.credentialId);
    if (signal.aborted) return;
    await using watch = watchCluster(
      {
        access,
        refreshAccess: () => refreshed(credentials, seen.credentialId, access),
        expectedUid: seen.uid,
        known: inventory.known(writer.connectionId),
        selection: options.selection,
        limits: options.limits,
        timing: {
          connectTimeoutMs: timing.lookTimeoutMs,
          pingTimeoutMs: timing.lookTimeoutMs,
          // Of a cluster that is away. A single type that fails is none: it is tried again at the library's own pace.
          linkBackoffMinMs: timing.retryMinMs,
          linkBackoffMaxMs: timing.retryMaxMs,
        },
      },
      createClusterSink({
        inventory,
        writer,
        situation,
        credentialId: seen.credentialId,
        onSettled: giveBack,
      }),
    );
    uncount = options.watches.add(watch);
    void attendAsAsked(watch, situation, stop);
    const heldBack = createHeldBackWatch(PULSE_MS);
    tellHeldBack = () => {
      const met = heldBack.next(watch.usage());
      const about = { connectionId: writer.connectionId, ...watch.usage() };
      if (met === 'none') options.log.info(about, 'a cluster is no longer held back by its limits');
      else if (met !== undefined) options.log.warn(about, `a cluster has more ${met} a second than its limit allows`);
    };
    await Promise.race([
      watch.finished,
      situation.until((facts) => isOver(facts) || mayBeBettered(facts, tried), stop),
    ]);
  } finally {
    over.abort();
    uncount();
    clearInterval(pulse);
    clearTimeout(turn);
    giveBack();
  }
}

/** Until `signal` aborts. Never rejects. */
async function attendAsAsked(watch: Pick<ClusterWatch, 'attend'>, situation: Situation, signal: AbortSignal) {
  while (!signal.aborted) {
    const { attention } = situation.facts;
    watch.attend(attention);
    await situation.until((facts) => facts.attention !== attention, signal);
  }
}

/** A credential that was there a moment ago; when it is not any more, that is looked into from the start. */
async function opened(credentials: Credentials, credentialId: string): Promise<ClusterAccess> {
  const access = await credentials.open(credentialId);
  if (!access.ok) throw new Failure('not-found', access.error.reason.message);
  return access.value;
}

/** The credential as it is now; while it cannot be asked for, the one from before: a bus that is away is no reason to lose a cluster. */
async function refreshed(
  credentials: Credentials,
  credentialId: string,
  before: ClusterAccess,
): Promise<ClusterAccess> {
  try {
    return await opened(credentials, credentialId);
  } catch (thrown) {
    if (isFailure(thrown) && thrown.retryCanHelp) return before;
    throw thrown;
  }
}
