import { DEAD_LETTER_STREAM, redriveSubject } from '@mooring/contracts';
import { Failure } from '@mooring/kernel';
import { jetstream, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { Bus } from '../bus/bus.ts';
import { HEADERS } from '../bus/headers.ts';
import { API_ERRORS, apiErrorCode, toFailure } from '../bus/jetstream-failure.ts';
import { redriveSourceOf } from '../provision/plan.ts';
import { carriedHeaders } from './park.ts';
import { originalSubjectOf } from './subject.ts';

/** A message that a consumer gave up. */
export interface DeadLetter {
  /** Its place among the dead letters; names it in the other calls. */
  readonly sequence: number;
  readonly consumer: string;
  /** The subject it was stored under as an event. */
  readonly subject: string;
  readonly reason: string;
  readonly deliveries: number;
  readonly tries: number;
  /** Where it was first: stream and sequence. */
  readonly originalStream: string;
  readonly originalSequence: number;
  readonly parkedAt: Date;
  /** The message itself: a CloudEvent, unless that is what was wrong with it. */
  readonly data: Uint8Array;
}

export interface ListOptions {
  readonly consumer?: string;
  /** At most so many; 100 unless told. */
  readonly limit?: number;
  /** Only those after this sequence: the last one of the page before. */
  readonly after?: number;
}

const PAGE = 100;
const DEAD_SUBJECT = /^dead\.([^.]+)\./;

const deadLetterOf = (message: StoredMsg): DeadLetter => ({
  sequence: message.seq,
  consumer: DEAD_SUBJECT.exec(message.subject)?.[1] ?? '',
  subject: originalSubjectOf(message.subject),
  reason: message.header.get(HEADERS.reason),
  deliveries: Number(message.header.get(HEADERS.deliveries)),
  tries: Number(message.header.get(HEADERS.tries)),
  originalStream: message.header.get(HEADERS.originalStream),
  originalSequence: Number(message.header.get(HEADERS.originalSequence)),
  parkedAt: message.time,
  data: message.data,
});

async function withManager<T>(bus: Bus, what: string, work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
  try {
    return await work(await jetstream(bus.connection).jetstreamManager(false));
  } catch (thrown) {
    throw toFailure(what, thrown);
  }
}

/** The first message at `seq` or after it whose subject matches; `null` at the end. */
async function nextMessage(manager: JetStreamManager, seq: number, subject: string): Promise<StoredMsg | null> {
  try {
    return await manager.direct.getMessage(DEAD_LETTER_STREAM, { seq, next_by_subj: subject });
  } catch (thrown) {
    if (apiErrorCode(thrown) === API_ERRORS.messageNotFound) return null;
    throw thrown;
  }
}

async function readDeadLetter(manager: JetStreamManager, sequence: number): Promise<StoredMsg> {
  const message = await manager.streams.getMessage(DEAD_LETTER_STREAM, { seq: sequence });
  if (message === null || !DEAD_SUBJECT.test(message.subject))
    throw new Failure('not-found', `there is no dead letter ${sequence}`);
  return message;
}

/** Dead letters, oldest first. For the operator's user. Throws a `Failure` of the world. */
export function listDeadLetters(bus: Bus, options: ListOptions = {}): Promise<readonly DeadLetter[]> {
  const { consumer = '*', limit = PAGE, after = 0 } = options;
  return withManager(bus, 'listing dead letters', async (manager) => {
    const found: DeadLetter[] = [];
    let from = after + 1;
    while (found.length < limit) {
      const message = await nextMessage(manager, from, `dead.${consumer}.>`);
      if (message === null) break;
      found.push(deadLetterOf(message));
      from = message.seq + 1;
    }
    return found;
  });
}

/**
 * Removes what was redriven to a consumer and handled by it: nothing else would, since the stream keeps everything. Not worth
 * failing for: the next time does it.
 */
async function forgetHandled(manager: JetStreamManager, consumer: string): Promise<void> {
  try {
    const { ack_floor } = await manager.consumers.info(DEAD_LETTER_STREAM, redriveSourceOf(consumer).durable);
    for (let from = 1; ;) {
      const message = await nextMessage(manager, from, `redrive.${consumer}.>`);
      if (message === null || message.seq > ack_floor.stream_seq) return;
      await manager.streams.deleteMessage(DEAD_LETTER_STREAM, message.seq);
      from = message.seq + 1;
    }
  } catch {
    // See above.
  }
}

/**
 * Sends a dead letter back to the consumer that gave it up, with its original headers, then deletes it. It is handled among the
 * newer messages of its aggregate, wherever those are by now. What was redriven to that consumer earlier and is handled is removed. When the deletion fails the letter stays, and redriving it again
 * delivers it twice at most. Throws a `Failure`: `not-found`, or one of the world.
 */
export function redriveDeadLetter(bus: Bus, sequence: number): Promise<void> {
  return withManager(bus, `redriving dead letter ${sequence}`, async (manager) => {
    const message = await readDeadLetter(manager, sequence);
    const { consumer, subject } = deadLetterOf(message);
    const redriven = carriedHeaders({ headers: message.header });
    for (const name of [HEADERS.reason, HEADERS.deliveries, HEADERS.tries]) redriven.delete(name);
    await jetstream(bus.connection).publish(redriveSubject(consumer, subject), message.data, {
      headers: redriven,
      msgID: `redrive/${sequence}`,
      expect: { streamName: DEAD_LETTER_STREAM },
    });
    await manager.streams.deleteMessage(DEAD_LETTER_STREAM, sequence);
    await forgetHandled(manager, consumer);
  });
}

/** Deletes a dead letter for good. Throws a `Failure`: `not-found`, or one of the world. */
export function discardDeadLetter(bus: Bus, sequence: number): Promise<void> {
  return withManager(bus, `discarding dead letter ${sequence}`, async (manager) => {
    await readDeadLetter(manager, sequence);
    await manager.streams.deleteMessage(DEAD_LETTER_STREAM, sequence);
  });
}
