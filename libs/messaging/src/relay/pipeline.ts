import { createInbox, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { HEADERS } from '../bus/headers.ts';
import { API_ERRORS } from '../bus/jetstream-failure.ts';

/** Why a pipeline stopped; what is still in flight then may or may not be stored. */
export type Break =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'disconnected' }
  /** An acknowledgement did not come in time. */
  | { readonly kind: 'silent' }
  /** No stream takes the subject. */
  | { readonly kind: 'unroutable' }
  /** The stream's last sequence is not the expected one (10071). */
  | { readonly kind: 'wrong-sequence' }
  /** The stream says that it has the id already, at a sequence. */
  | { readonly kind: 'duplicate'; readonly id: string; readonly sequence: number }
  | { readonly kind: 'refused'; readonly apiError: number; readonly reason: string };

export interface Publication {
  readonly subject: string;
  readonly id: string;
  readonly data: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Pipeline {
  /**
   * Sends one message and says whether there is room for the next; where not, wait for {@link room}. Messages sent without
   * waiting in between leave in few writes, which is most of what publishing costs. On a broken pipeline nothing is sent any more.
   */
  publish(publication: Publication): boolean;
  /** Waits until at most half of the window is in flight, so that not every acknowledgement brings a write of its own, or the pipeline broke. */
  room(): Promise<void>;
  /** Resolves when the pipeline has stopped, with the first reason. */
  readonly broken: Promise<Break>;
  readonly inFlight: number;
  /** Waits until nothing is in flight or the pipeline broke; also while an earlier call of {@link room} was left waiting. */
  settled(): Promise<void>;
  break(reason: Break): void;
}

export interface PipelineOptions {
  readonly connection: NatsConnection;
  readonly inboxPrefix: string;
  readonly stream: string;
  /** Sequence after which the first message is to be stored. */
  readonly lastSequence: number;
  /** Messages in flight at most. */
  readonly window: number;
  /** After so long without any acknowledgement, while some are due, the pipeline breaks; in milliseconds. */
  readonly ackTimeoutMs: number;
  /** Called for every message in order of sequence when the stream has stored it. */
  readonly onStored: (sequence: number, id: string) => void;
}

interface PubAck {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly err_code: number; readonly description: string };
}

const NO_RESPONDERS = 503;

/** What an answer means for the message that expects to be stored as `sequence`; `undefined` when it was stored there. */
function breakOf(message: Msg, sequence: number, id: string): Break | undefined {
  if (message.headers?.code === NO_RESPONDERS) return { kind: 'unroutable' };
  const ack = message.json<PubAck>();
  if (ack.error?.err_code === API_ERRORS.wrongLastSequence) return { kind: 'wrong-sequence' };
  if (ack.error !== undefined) return { kind: 'refused', apiError: ack.error.err_code, reason: ack.error.description };
  if (ack.duplicate === true) return { kind: 'duplicate', id, sequence: ack.seq ?? 0 };
  return ack.seq === sequence ? undefined : { kind: 'wrong-sequence' };
}

/**
 * Publishes to one stream without waiting for each acknowledgement: one inbox, a window of messages in flight, and on each the
 * sequence it expects to follow, so that messages are stored in exactly this order or not at all. It never repeats
 * anything: at the first irregularity it breaks, and its owner looks at the stream.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { connection, window, stream } = options;
  const inbox = createInbox(options.inboxPrefix);
  const inFlight = new Map<number, string>();
  const { promise: broken, resolve: resolveBroken } = Promise.withResolvers<Break>();
  let stopped = false;
  let next = options.lastSequence + 1;
  let heardAt = performance.now();
  let turn: PromiseWithResolvers<undefined> | undefined;

  const wake = (): void => {
    turn?.resolve(undefined);
    turn = undefined;
  };
  const breakNow = (reason: Break): void => {
    if (stopped) return;
    stopped = true;
    clearInterval(watchdog);
    subscription.unsubscribe();
    resolveBroken(reason);
    wake();
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!stopped && !condition()) {
      turn ??= Promise.withResolvers<undefined>();
      await turn.promise;
    }
  };

  const subscription = connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (stopped) return;
      if (error !== null) {
        breakNow({ kind: 'refused', apiError: 0, reason: error.message });
        return;
      }
      heardAt = performance.now();
      const sequence = Number(message.subject.slice(inbox.length + 1));
      const id = inFlight.get(sequence);
      if (id === undefined) return;
      const reason = breakOf(message, sequence, id);
      if (reason !== undefined) {
        // Answers come in the order of sending. What was passed over in silence was not stored, so what followed it cannot fit.
        const isPassedOver = reason.kind === 'wrong-sequence' && inFlight.keys().next().value !== sequence;
        breakNow(isPassedOver ? { kind: 'silent' } : reason);
        return;
      }
      inFlight.delete(sequence);
      options.onStored(sequence, id);
      wake();
    },
  });
  const watchdog = setInterval(() => {
    if (inFlight.size > 0 && performance.now() - heardAt > options.ackTimeoutMs) breakNow({ kind: 'silent' });
  }, options.ackTimeoutMs / 4);

  return {
    publish({ subject, id, data, headers: ours }) {
      if (stopped) return true;
      const sequence = next;
      next += 1;
      const message = headers();
      for (const [name, value] of Object.entries(ours)) message.append(name, value);
      message.append(HEADERS.messageId, id);
      message.append(HEADERS.expectedStream, stream);
      message.append(HEADERS.expectedLastSequence, String(sequence - 1));
      if (inFlight.size === 0) heardAt = performance.now();
      inFlight.set(sequence, id);
      try {
        connection.publish(subject, data, { headers: message, reply: `${inbox}.${sequence}` });
      } catch (thrown) {
        breakNow(
          connection.isClosed() || connection.isDraining()
            ? { kind: 'disconnected' }
            : { kind: 'refused', apiError: 0, reason: thrown instanceof Error ? thrown.message : String(thrown) },
        );
      }
      return inFlight.size < window;
    },
    room: () => until(() => inFlight.size <= window / 2),
    broken,
    get inFlight() {
      return inFlight.size;
    },
    settled: () => until(() => inFlight.size === 0),
    break: breakNow,
  };
}
