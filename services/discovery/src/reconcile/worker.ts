import type { Attention, Selection, WatchLimits } from '@mooring/cluster-watch';
import { load, type EventStore } from '@mooring/event-store';
import { isFailure, messageOf } from '@mooring/kernel';
import type { Logger } from '@mooring/service-host';
import { watches } from '../aggregates.ts';
import type { Credentials } from '../adapters/credentials.ts';
import type { DesiredStore } from '../adapters/desired-store.ts';
import type { Inventory, Writer } from '../adapters/inventory.ts';
import type { Timing } from '../config.ts';
import type { Desired } from '../domain/desired.ts';
import { NOTHING_KNOWN } from '../domain/details.ts';
import { modeOf } from '../domain/mode.ts';
import { afterFailedLook } from '../domain/observed.ts';
import { createCadence } from './cadence.ts';
import { lookAt } from './look.ts';
import type { Places } from './places.ts';
import { record, runReporter } from './reporter.ts';
import type { RunningWatches } from './running-watches.ts';
import { createSituation, type Situation } from './situation.ts';
import { watchUntilOver } from './watching.ts';

export interface WorkerDeps {
  readonly store: EventStore;
  readonly systemId: string;
  readonly desired: DesiredStore;
  readonly inventory: Inventory;
  readonly credentials: Credentials;
  readonly firstStates: Places;
  readonly timing: Timing;
  /** Of every cluster. */
  readonly selection: Selection;
  readonly limits: Partial<WatchLimits>;
  readonly watches: RunningWatches;
  readonly log: Logger;
}

/** Looks after one connection's cluster. */
export interface Worker {
  /** What should be so has changed. */
  update(desired: Desired): void;
  /** A credential came or went: perhaps the next look need not wait. */
  noteCredential(credentialId: string | undefined): void;
  /** How much somebody cares to see its changes at once. */
  attend(attention: Attention): void;
  /**
   * Begins a new watch and does what should be done until `signal` aborts, or there is nothing to do any more (a person
   * disconnected it, or it is deleted and forgotten). Rejects with Failure `conflict` when another one has begun.
   */
  run(signal: AbortSignal): Promise<void>;
}

export function createWorker(first: Desired, deps: WorkerDeps): Worker {
  let desired = first;
  let current: { readonly situation: Situation; wakeUp: () => void } | undefined;

  return {
    update(next) {
      desired = next;
      current?.situation.change({ desired: next });
    },
    noteCredential(id) {
      if (id === undefined || desired.credentials.some((credential) => credential.id === id)) current?.wakeUp();
    },
    attend(attention) {
      // Said every round: what is no news wakes nobody.
      if (current !== undefined && current.situation.facts.attention !== attention)
        current.situation.change({ attention });
    },
    async run(signal) {
      const { connectionId } = desired;
      if (modeOf(desired) === 'gone') {
        await forget(connectionId, deps);
        return;
      }
      const before = await load(deps.store, watches, connectionId);
      const { said, told } = before.state;
      const cause = before.state.epoch === 0 ? desired.cause : undefined;
      const { state } = await record(deps, { kind: 'begin', connectionId }, cause);
      const writer: Writer = { connectionId, epoch: state.epoch };
      await deps.inventory.takeOver(writer);

      const situation = createSituation(desired, said === undefined ? undefined : { ...said, sequence: -1 }, told);
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      const attending = attend({ ...deps, writer, situation, signal: both });
      current = { situation, wakeUp: attending.wakeUp };
      const reporting = runReporter({
        ...deps,
        situation,
        epoch: state.epoch,
        policy: { looks: deps.timing.lostLooks, windowMs: deps.timing.lostWindowMs },
        saidUnder: said?.decision,
        onRecorded: ({ position }) =>
          position === undefined ? Promise.resolve() : deps.inventory.note(writer, { position }),
        signal: both,
      });
      try {
        await Promise.race([attending.done, reporting]);
      } finally {
        current = undefined;
        stop.abort();
        await Promise.allSettled([attending.done, reporting]);
      }
    },
  };
}

interface AttendOptions extends WorkerDeps {
  readonly writer: Writer;
  readonly situation: Situation;
  readonly signal: AbortSignal;
}

interface Attending {
  readonly done: Promise<void>;
  /** Does the next look now. */
  readonly wakeUp: () => void;
}

/** Looks, watches and waits, one after the other, as what should be so asks for. */
function attend(options: AttendOptions): Attending {
  const { situation, signal, timing, inventory, writer, log } = options;
  const cadence = createCadence(timing);
  let wakes = 0;

  const wait = async (under: Desired, waitMs: number | undefined): Promise<void> => {
    const heard = wakes;
    const mode = modeOf(under);
    await situation.until(
      ({ desired }) =>
        wakes !== heard ||
        desired.decision !== under.decision ||
        (modeOf(desired) !== mode && modeOf(desired) !== 'probe' && modeOf(desired) !== 'look'),
      signal,
      waitMs,
    );
  };

  const lookOnce = async (under: Desired): Promise<void> => {
    const look = await lookAt(under, options.credentials, { timeoutMs: timing.lookTimeoutMs, signal });
    // Made under a decision that is not the latest any more: nobody needs the answer.
    if (signal.aborted || situation.facts.desired.decision !== under.decision) return;
    if (!look.ok) {
      const { trouble } = look.error;
      const at = { nowMs: performance.now(), decision: under.decision };
      situation.change({ observed: afterFailedLook(situation.facts.observed, trouble, at) });
      await inventory.note(writer, { watch: 'away', reason: JSON.stringify(trouble.reason) });
      const { reported } = situation.facts;
      const said = reported?.decision === under.decision && reported.code === trouble.reason.code;
      await wait(under, cadence.afterFailure(look.error, modeOf(under), said));
      return;
    }
    const { uid, version, platform } = look.value;
    await inventory.note(writer, {
      uid,
      version,
      platform: platform ?? null,
      watch: 'looking',
      reason: null,
      last_seen_at: new Date(),
    });
    const observed = { kind: 'up', cluster: look.value, decision: under.decision } as const;
    situation.change({ observed, knowledge: NOTHING_KNOWN });
    const waitMs = cadence.afterSuccess();
    if (modeOf(under) === 'watch') await watchUntilOver(look.value, options);
    else await wait(under, waitMs);
  };

  const run = async (): Promise<void> => {
    let decision = situation.facts.desired.decision;
    while (!signal.aborted) {
      const { desired } = situation.facts;
      if (desired.decision !== decision) cadence.restart();
      ({ decision } = desired);
      const mode = modeOf(desired);
      if (mode === 'gone') {
        await forget(writer.connectionId, options);
        return;
      }
      if (mode === 'rest') {
        await inventory.note(writer, { watch: 'resting', reason: null });
        return;
      }
      try {
        await lookOnce(desired);
      } catch (thrown) {
        if (!isPassing(thrown)) throw thrown;
        log.warn({ connectionId: writer.connectionId, error: messageOf(thrown) }, 'looking after a cluster is held up');
        await wait(desired, timing.retryMaxMs);
      }
    }
  };

  return {
    done: run(),
    wakeUp: () => {
      wakes += 1;
      situation.change({});
    },
  };
}

/** Without its row in the inventory a connection has no watch that may write any more. */
async function forget(connectionId: string, { inventory, desired }: WorkerDeps): Promise<void> {
  await inventory.erase(connectionId);
  await desired.markErased(connectionId);
}

/** A credential that went away between a look and the watch is looked for again; a conflict means that a newer watch has begun. */
const isPassing = (thrown: unknown): boolean =>
  isFailure(thrown) && thrown.code !== 'conflict' && (thrown.retryCanHelp || thrown.code === 'not-found');
