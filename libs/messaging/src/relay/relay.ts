import { streamOf, type CloudEvent, type Producer } from '@mooring/contracts';
import type { EventStore, FollowStatus, StoredEvent } from '@mooring/event-store';
import { createBackoff, delay, Failure, isFailure, messageOf, randomUuid, unlessAborted } from '@mooring/kernel';
import type { Bus } from '../bus/bus.ts';
import type { MessagingMetrics } from '../metrics.ts';
import { afterBreak } from './break-remedy.ts';
import { publishFrom } from './publish-from.ts';
import { standingOf, type Known } from './standing.ts';
import { readTail } from './tail.ts';

/** How a relay is doing, for readiness and metrics. */
export interface RelayStatus {
  /**
   * - `resuming`: looks where the stream ends.
   * - `publishing`: everything the store gives goes out; nothing known is wrong.
   * - `waiting`: JetStream cannot be reached or takes nothing; tries again by itself.
   */
  readonly state: 'resuming' | 'publishing' | 'waiting';
  /** Sequence in the stream of the last message stored. */
  readonly lastSequence: number;
  /** Why it is waiting. */
  readonly reason?: string | undefined;
  /** How the follower of the event store is doing. */
  readonly follow?: FollowStatus;
}

export interface RelayOptions {
  readonly bus: Bus;
  readonly producer: Producer;
  readonly store: Pick<EventStore, 'follow'>;
  /** Stream name prefixes of everything the producer records. */
  readonly prefixes: readonly string[];
  /** Pure; `undefined` for what is not published. Once published, an event must never be mapped to anything else. What it throws ends the relay. */
  readonly toCloudEvent: (stored: StoredEvent) => CloudEvent | undefined;
  readonly signal: AbortSignal;
  readonly onStatus?: (status: RelayStatus) => void;
  readonly metrics?: MessagingMetrics;
  /** Messages in flight at most; 256 unless told. */
  readonly window?: number;
  /** In milliseconds; 5,000 unless told. */
  readonly ackTimeoutMs?: number;
}

const RETRY = { minMs: 100, maxMs: 2_000 };

/** Whether a relay that met this can cure it by trying again. A stream that is not there yet will be made. */
const canWait = (thrown: unknown): boolean =>
  isFailure(thrown) && thrown.code !== 'conflict' && (thrown.retryCanHelp || thrown.code === 'not-found');

/**
 * Publishes what a service recorded: every event of the store, in commit order, as one message of the producer's stream.
 *
 * Guarantees. A message is stored after all that were recorded before it, and once, as long as JetStream keeps what it
 * acknowledged; where JetStream lost its end, the same messages are stored again at the same sequences. Nobody sees a message
 * that was not stored. Two relays of one producer never mix: each message names the sequence it follows.
 *
 * Runs until `signal` aborts, then resolves, in at most about 4 s. While NATS, the stream or the event store are away it waits. Rejects with a
 * `Failure`: `conflict` when another relay publishes (run it under a lease, and again later); `corrupt` when stream and store
 * do not fit together, with what to do; `limit` or `denied` for what can never be published; or with what `toCloudEvent` threw.
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { bus, producer, signal, metrics } = options;
  const relay = randomUuid();
  const backoff = createBackoff(RETRY);
  let known: Known | undefined;
  let status: RelayStatus = { state: 'resuming', lastSequence: 0 };
  const tell = (change: Partial<RelayStatus>): void => {
    status = { ...status, ...change };
    options.onStatus?.(status);
    metrics?.relayRunning.set({ producer }, status.state === 'publishing' ? 1 : 0);
  };

  const publishFromTail = async (): Promise<string> => {
    const tail = await unlessAborted(signal, readTail(bus, producer));
    if (tail === undefined) return 'stopped';
    const standing = standingOf(known, tail, relay);
    if (standing === 'another')
      throw new Failure('conflict', `another relay publishes to ${streamOf(producer)}: this one stands down`);
    if (standing === 'lost') metrics?.relayRewinds.inc({ producer });
    known = { lastSequence: tail.lastSequence, relay: tail.own?.relay };
    tell({
      state: 'publishing',
      lastSequence: tail.lastSequence,
      reason: undefined,
    });
    const reason = await publishFrom(tail, relay, options, {
      onStored(lastSequence) {
        known = { lastSequence, relay };
        backoff.reset();
        tell({ lastSequence });
      },
      onFollow: (follow) => tell({ follow }),
    });
    return (await unlessAborted(signal, afterBreak(reason, tail, bus, producer))) ?? 'stopped';
  };

  try {
    while (!signal.aborted) {
      await bus.whenConnected(signal);
      const reason = await publishFromTail().catch((thrown: unknown) => {
        if (canWait(thrown)) return messageOf(thrown);
        throw thrown;
      });
      tell({ state: 'waiting', reason });
      await delay(backoff.next(), signal);
    }
  } finally {
    metrics?.relayRunning.set({ producer }, 0);
  }
}
