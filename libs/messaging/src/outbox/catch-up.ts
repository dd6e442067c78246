import { INVENTORY_STREAM } from '@mooring/contracts';
import { jetstreamManager, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { Bus } from '../bus/bus.ts';
import { HEADERS } from '../bus/headers.ts';
import { API_ERRORS, apiErrorCode, toFailure } from '../bus/jetstream-failure.ts';
import type { HeldMessage, OutboxStore } from './outbox-store.ts';

/** So many are recognised at a time: after a crash it is less than one window. */
const CHUNK = 256;

const toHeld = ({ header, subject, seq }: StoredMsg): HeldMessage => ({
  id: header.get(HEADERS.messageId),
  subject: subject.slice(subject.lastIndexOf('.') + 1),
  number: BigInt(header.get(HEADERS.number) || 0),
  sequence: seq,
});

/** The limits of the stream may take a message away at any time. */
async function heldAt(manager: JetStreamManager, seq: number): Promise<HeldMessage | undefined> {
  try {
    const message = await manager.streams.getMessage(INVENTORY_STREAM, { seq });
    return message === null ? undefined : toHeld(message);
  } catch (thrown) {
    if (apiErrorCode(thrown) === API_ERRORS.messageNotFound) return undefined;
    throw thrown;
  }
}

/**
 * Makes the outbox agree with what the stream really holds, and gives the sequence of its end. Throws a `Failure`: `not-found` when there
 * is no stream yet, `unavailable` or `timeout` when JetStream does not answer, and what the outbox throws.
 */
export async function catchUp(bus: Bus, store: OutboxStore, signal: AbortSignal): Promise<number> {
  try {
    const manager = await jetstreamManager(bus.connection, { checkAPI: false });
    const { state } = await manager.streams.info(INVENTORY_STREAM);
    let position = await store.position();
    if (state.last_seq < position) await store.lost(position, state.last_seq);
    while (position < state.last_seq && !signal.aborted) {
      const from = Math.max(position + 1, state.first_seq);
      const to = Math.min(from + CHUNK - 1, state.last_seq);
      const found: HeldMessage[] = [];
      for (let seq = from; seq <= to; seq += 1) {
        const held = await heldAt(manager, seq);
        if (held !== undefined) found.push(held);
      }
      await store.recognise(found, position, to);
      position = to;
    }
    return state.last_seq;
  } catch (thrown) {
    throw toFailure(`reading the end of ${INVENTORY_STREAM}`, thrown);
  }
}
