import { createBackoff, delay, type Failure } from '@mooring/kernel';
import {
  jetstream,
  type ConsumerInfo,
  type ConsumerMessages,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import type { Bus } from '../bus/bus.ts';
import { toFailure } from '../bus/jetstream-failure.ts';
import { within } from '../bus/within.ts';
import type { Source } from '../provision/topology.ts';

export interface IntakeOptions {
  readonly bus: Bus;
  readonly source: Source;
  /** Called for each message as it arrives; must not throw. */
  readonly onMessage: (message: JsMsg) => void;
  /** Called once, before the first message: how the durable stood. */
  readonly onStart?: (info: ConsumerInfo) => void;
  readonly onTrouble?: (failure: Failure) => void;
  readonly onLag?: (pending: number) => void;
}

/** Messages of one durable, pulled for ever: through reconnections, restarts of the server and a stream that is not there yet. */
export interface Intake {
  /** Messages that were not delivered yet when last asked; `undefined` before the first answer. */
  readonly pending: number | undefined;
  /**
   * Has the server deliver again what was delivered and is not acknowledged, to whoever pulls now: for messages that somebody has
   * who does not answer any more. What is in this process's hands comes again too. Never rejects.
   */
  deliverAgain(): Promise<void>;
  /** Takes in nothing more, from now on. */
  stop(): Promise<void>;
}

/** Asked for ahead of what is being handled. What is in hand altogether is bounded by the durable's `max_ack_pending`. */
const AHEAD = 256;
export const PULL_EXPIRES_MS = 5_000;
const LAG_EVERY_MS = 10_000;
/** How long a stop waits for the server's answers; one that is away gives none, and nothing depends on them. */
const STOP_MS = 1_000;

/** A server older than 2.14 cannot do it; then the messages come later, when their acknowledgement time is over. */
async function reset(bus: Bus, { stream, durable }: Source): Promise<void> {
  await bus.connection.request(`$JS.API.CONSUMER.RESET.${stream}.${durable}`, '', { timeout: 5_000 }).catch(() => {
    // Not worth a word: the messages come by themselves.
  });
}

/**
 * Hands back what an instance that died had in hand, instead of waiting until its acknowledgement time is over and taking newer
 * messages before them. Only where nobody else is pulling.
 */
async function takeOver(bus: Bus, source: Source, info: ConsumerInfo): Promise<void> {
  if (info.num_ack_pending > 0 && info.num_waiting === 0) await reset(bus, source);
}

export function createIntake(options: IntakeOptions): Intake {
  const { bus, source } = options;
  const { stream, durable } = source;
  const stopping = new AbortController();
  const backoff = createBackoff({ minMs: 200, maxMs: 2_000 });
  let messages: ConsumerMessages | undefined;
  let pending: number | undefined;
  let started = false;

  const noteLag = (count: number): void => {
    if (count !== pending) options.onLag?.(count);
    pending = count;
  };
  const pull = async (manager: JetStreamManager): Promise<void> => {
    const info = await manager.consumers.info(stream, durable);
    noteLag(info.num_pending);
    if (!started) {
      await takeOver(bus, source, info);
      options.onStart?.(info);
      started = true;
    }
    messages = await jetstream(bus.connection)
      .consumers.getConsumerFromInfo(info)
      .consume({
        max_messages: AHEAD,
        expires: PULL_EXPIRES_MS,
        callback: (message) => {
          backoff.reset();
          noteLag(message.info.pending);
          if (!stopping.signal.aborted) options.onMessage(message);
        },
      });
    // It may have been stopped while the consumer was looked up.
    if (stopping.signal.aborted) messages.stop();
    const ended = await messages.closed();
    if (ended instanceof Error) throw ended;
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await bus.whenConnected(stopping.signal);
      try {
        await pull(await jetstream(bus.connection).jetstreamManager(false));
      } catch (thrown) {
        options.onTrouble?.(toFailure(`pulling ${durable}`, thrown));
      }
      await delay(backoff.next(), stopping.signal);
    }
  };
  const watchLag = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(LAG_EVERY_MS, stopping.signal);
      if (bus.status().state !== 'connected') continue;
      const manager = await jetstream(bus.connection).jetstreamManager(false);
      // Lag is a figure for people; when it cannot be read, pulling says why.
      await manager.consumers.info(stream, durable).then(
        ({ num_pending }) => noteLag(num_pending),
        () => undefined,
      );
    }
  };
  const running = Promise.all([run(), watchLag()]);

  return {
    get pending() {
      return pending;
    },
    deliverAgain: () => reset(bus, source),
    async stop() {
      stopping.abort();
      await within(STOP_MS, Promise.all([messages?.close(), running]));
    },
  };
}
