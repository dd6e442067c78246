import type { Identity } from '../security/access.ts';
import type { ProposedEvent } from '../storage/apply-command.ts';
import type { EventMessage, WriteOptions } from '../wire/requests.ts';
import { accessDenied, appendTooLarge, exhausted } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { heldBytes, toProposedEvent, toWriteTarget, type WriteTarget } from './write-request.ts';

/** What an append costs in memory before it has an event. */
const BASE_BYTES = 512;

/** An append as its events come in. What it holds is taken from the node's budget until it is released. */
export interface PendingAppend extends WriteTarget {
  readonly events: ProposedEvent[];
  dataBytes: number;
  heldBytes: number;
}

export interface PendingAppends {
  /** @throws Refusal for a malformed request, one that is not allowed, or when too much is pending; so does `add`. */
  begin(options: WriteOptions): PendingAppend;
  add(append: PendingAppend, messages: readonly EventMessage[]): void;
  release(append: PendingAppend): void;
  /** Of all that were begun and not released. */
  readonly heldBytes: number;
}

/** The appends of one call. */
export function createPendingAppends(
  { access, budget, limits }: NodeContext,
  identity: Identity | undefined,
): PendingAppends {
  let held = 0;
  const hold = (append: PendingAppend, bytes: number): void => {
    if (append.heldBytes + bytes > limits.callBytesInFlightMax || !budget.take(bytes))
      throw exhausted('too much is being appended at the same time');
    append.heldBytes += bytes;
    held += bytes;
  };
  return {
    begin(options) {
      const target = toWriteTarget(options);
      if (!access.may(identity, 'write', target.stream)) throw accessDenied();
      const append = { ...target, events: [], dataBytes: 0, heldBytes: 0 };
      hold(append, BASE_BYTES);
      return append;
    },
    add(append, messages) {
      for (const message of messages) {
        const event = toProposedEvent(message);
        append.dataBytes += event.data.length;
        if (append.dataBytes > limits.appendBytesMax) throw appendTooLarge(limits.appendBytesMax);
        hold(append, heldBytes(event));
        append.events.push(event);
      }
    },
    release(append) {
      budget.give(append.heldBytes);
      held -= append.heldBytes;
      append.heldBytes = 0;
    },
    get heldBytes() {
      return held;
    },
  };
}
