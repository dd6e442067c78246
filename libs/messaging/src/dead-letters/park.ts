import { DEAD_LETTER_STREAM, deadLetterSubject } from '@mooring/contracts';
import { jetstream, type JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import type { Bus } from '../bus/bus.ts';
import { HEADERS } from '../bus/headers.ts';
import { toFailure } from '../bus/jetstream-failure.ts';
import { originalSubjectOf } from './subject.ts';

/** Longest reason that is kept, in characters. */
const REASON_LENGTH_MAX = 1_000;

/** A header value is one line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, REASON_LENGTH_MAX);

/** The headers that travel with a message into the dead letters and back: all but what was said to JetStream, or by it. */
export function carriedHeaders(message: { readonly headers?: Iterable<[string, string[]]> | undefined }) {
  const carried = headers();
  for (const [name, values] of message.headers ?? [])
    if (!name.startsWith('Nats-')) for (const value of values) carried.append(name, value);
  return carried;
}

/**
 * Puts a message into the dead letters, whole, with the reason, and resolves when JetStream has stored it. Repeating it within the
 * duplicate window stores nothing more. Throws a `Failure`: `unavailable`, `timeout` or `denied`.
 */
export async function park(bus: Bus, consumer: string, message: JsMsg, reason: string, tries: number): Promise<void> {
  const { stream, streamSequence, deliveryCount } = message.info;
  const parked = carriedHeaders(message);
  parked.set(HEADERS.reason, oneLine(reason));
  parked.set(HEADERS.deliveries, String(deliveryCount));
  parked.set(HEADERS.tries, String(tries));
  if (!parked.has(HEADERS.originalStream)) {
    parked.set(HEADERS.originalStream, stream);
    parked.set(HEADERS.originalSequence, String(streamSequence));
  }
  try {
    await jetstream(bus.connection).publish(
      deadLetterSubject(consumer, originalSubjectOf(message.subject)),
      message.data,
      {
        headers: parked,
        msgID: `${consumer}/${stream}/${streamSequence}`,
        expect: { streamName: DEAD_LETTER_STREAM },
        timeout: 5_000,
      },
    );
  } catch (thrown) {
    throw toFailure('parking a message', thrown);
  }
}
