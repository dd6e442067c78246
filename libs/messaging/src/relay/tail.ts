import { decodeCloudEvent, type Producer, streamOf } from '@mooring/contracts';
import { Failure, isFailure } from '@mooring/kernel';
import { jetstreamManager, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { Bus } from '../bus/bus.ts';
import { HEADERS } from '../bus/headers.ts';
import { toFailure } from '../bus/jetstream-failure.ts';
import { sourceUrnOf } from './to-publication.ts';

/** Where a stream ends, and how far the event store is relayed. */
export interface Tail {
  /** Sequence of the last message of all; 0 in a fresh stream. */
  readonly lastSequence: number;
  /** The last message that a relay of this producer published. */
  readonly own?: OwnMessage;
}

export interface OwnMessage {
  readonly sequence: number;
  /** Commit position in the event store. */
  readonly position: bigint;
  readonly eventId: string;
  /** Which run of a relay published it. */
  readonly relay: string;
}

/**
 * How many foreign messages at the end are looked past. There should never be one: see the README on what a consumer
 * with bad intentions could have copied there.
 */
const FOREIGN_MAX = 1_000;

const remedy = (stream: string): string =>
  `Lifecycle streams keep everything: nobody may purge or delete in them. Put ${stream} back from a copy, or let it be made ` +
  'anew from the event store: stop the services, remove the stream with its consumers, and start again. Consumers then see every event once more.';

/** Reads a message as our own; `undefined` for one that some other source put there. */
function ownOf(producer: Producer, message: StoredMsg): OwnMessage | undefined {
  const position = message.header.get(HEADERS.position);
  if (!/^[0-9]+$/.test(position)) return undefined;
  try {
    const event = decodeCloudEvent(message.data);
    const eventId = message.header.get(HEADERS.messageId);
    if (event.source !== sourceUrnOf(producer) || event.id !== eventId) return undefined;
    return { sequence: message.seq, position: BigInt(position), eventId, relay: message.header.get(HEADERS.relay) };
  } catch (thrown) {
    if (isFailure(thrown, 'invalid')) return undefined;
    throw thrown;
  }
}

async function lastOwn(
  manager: JetStreamManager,
  producer: Producer,
  firstSequence: number,
  lastSequence: number,
): Promise<OwnMessage> {
  const stream = streamOf(producer);
  const floor = Math.max(firstSequence, lastSequence - FOREIGN_MAX);
  for (let sequence = lastSequence; sequence >= floor; sequence -= 1) {
    const message = await manager.streams.getMessage(stream, { seq: sequence });
    if (message === null)
      throw new Failure('corrupt', `${stream} has lost message ${sequence} from its end. ${remedy(stream)}`);
    const own = ownOf(producer, message);
    if (own !== undefined) return own;
  }
  throw new Failure(
    'corrupt',
    `none of the last ${lastSequence - floor + 1} messages of ${stream} comes from ${sourceUrnOf(producer)}. ${remedy(stream)}`,
  );
}

/**
 * Reads where a producer's stream really ends. Throws a `Failure`: `corrupt` with what to do when messages are missing or
 * none is the producer's own; `not-found` when there is no stream yet; `unavailable` or `timeout` when JetStream does not answer.
 */
export async function readTail(bus: Bus, producer: Producer): Promise<Tail> {
  const stream = streamOf(producer);
  try {
    const manager = await jetstreamManager(bus.connection, { checkAPI: false });
    const { state } = await manager.streams.info(stream);
    if (state.last_seq === 0) return { lastSequence: 0 };
    if (state.messages === 0)
      throw new Failure(
        'corrupt',
        `${stream} is empty but held ${state.last_seq} messages before: it was purged. ${remedy(stream)}`,
      );
    return { lastSequence: state.last_seq, own: await lastOwn(manager, producer, state.first_seq, state.last_seq) };
  } catch (thrown) {
    throw toFailure(`reading the end of ${stream}`, thrown);
  }
}
