import type { JsMsg } from '@nats-io/jetstream';
import { originalSubjectOf } from '../dead-letters/subject.ts';
import { ACK_WAIT_MS } from '../provision/plan.ts';
import type { Source } from '../provision/topology.ts';
import type { Delivery } from './delivery.ts';

/** A message in this process's hands: delivered, not yet acknowledged. */
export interface Held {
  readonly source: Source;
  /** The newest delivery of it. */
  message: JsMsg;
  tries: number;
  /** Set once it is given up: only putting it into the dead letters is tried any more. */
  givenUp?: string;
}

export interface Holdings {
  /** Takes a message in hand; `undefined` when it is a repeat of one that is in hand already. */
  take(source: Source, message: JsMsg): Held | undefined;
  acknowledge(held: Held): void;
  /** Gives everything back to the server at once, in order, and stops. */
  releaseAll(): void;
  readonly size: number;
}

const keyOf = (source: Source, sequence: number): string => `${source.stream}/${source.durable}/${sequence}`;

/**
 * Keeps messages ours for as long as they take: the server hears of each well within its acknowledgement time, so that it does
 * not deliver one again while it waits behind another, which would break the order of its aggregate.
 */
export function createHoldings(): Holdings {
  const held = new Map<string, Held>();
  const extend = setInterval(() => {
    for (const { message } of held.values()) message.working();
  }, ACK_WAIT_MS / 3);
  extend.unref();

  return {
    take(source, message) {
      const key = keyOf(source, message.seq);
      const already = held.get(key);
      if (already !== undefined) {
        already.message = message;
        return undefined;
      }
      const taken: Held = { source, message, tries: 0 };
      held.set(key, taken);
      return taken;
    },
    acknowledge({ source, message }) {
      message.ack();
      held.delete(keyOf(source, message.seq));
    },
    releaseAll() {
      clearInterval(extend);
      for (const { message } of [...held.values()].sort((a, b) => a.message.seq - b.message.seq)) message.nak();
      held.clear();
    },
    get size() {
      return held.size;
    },
  };
}

/** What a handler is told about a message;  */
export const deliveryOf = ({ source, message, tries }: Held, signal: AbortSignal): Delivery => ({
  stream: source.stream,
  sequence: message.seq,
  subject: originalSubjectOf(message.subject),
  deliveries: message.info.deliveryCount,
  tries,
  redriven: message.subject.startsWith('redrive.'),
  signal,
});

/** The headers of a message as a codec takes them: each name with its first value. */
export const headerPairs = ({ headers }: JsMsg): readonly (readonly [string, string])[] =>
  [...(headers ?? [])].map(([name, values]) => [name, values[0] ?? '']);
