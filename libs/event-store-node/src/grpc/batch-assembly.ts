import { status } from '@grpc/grpc-js';
import type { Identity } from '../security/access.ts';
import type { ProposedEvent } from '../storage/apply-command.ts';
import { createWireWriter } from '../wire/protobuf.ts';
import type { BatchMessage, WriteOptions } from '../wire/requests.ts';
import type { Subject } from './batch-response.ts';
import { accessDenied, appendTooLarge, exhausted, Refusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { heldBytes, toProposedEvent, toUuid, toWriteTarget, type WriteTarget } from './write-request.ts';

/** How long an append may stay unfinished at most, as on a real server; a deadline can make it less. */
const UNFINISHED_MS_MAX = 2000;
/** What an append costs before it has an event. */
const BASE_BYTES = 512;

/** An append of which some or all chunks have come. */
export interface AssembledAppend extends WriteTarget, Subject {
  readonly id: string;
  readonly key: string;
  readonly deadlineMs: number;
  readonly events: ProposedEvent[];
  dataBytes: number;
  heldBytes: number;
  expiry?: NodeJS.Timeout;
}

/** Who is told of appends that will not be made. */
export interface AssemblyDeps {
  /** Not complete at its deadline. */
  readonly expired: (subject: Subject) => void;
  /** Something is wrong with it; the others on its call are not concerned. */
  readonly refused: (subject: Subject, why: unknown) => void;
}

export interface BatchAssembly {
  /**
   * The append that this chunk completes. Nothing if there is more to come, if it was refused, or if the chunk belongs to no
   * append (one that was refused before, or one that never said what it is): such get no answer on a real server either.
   *
   * @throws Refusal INVALID_ARGUMENT for a bad event in a later chunk, which ends the call: as on a real server.
   */
  take(message: BatchMessage): AssembledAppend | undefined;
  /** To be called once a completed append was answered. */
  release(append: AssembledAppend): void;
  /** Drops what is unfinished. */
  close(): void;
  readonly unfinished: number;
  /** Bytes of appends that were not released. */
  readonly heldBytes: number;
}

const isBadEvent = (why: unknown): boolean =>
  why instanceof Refusal &&
  why.code === status.INVALID_ARGUMENT &&
  why.metadata.get('maximum-append-size').length === 0;

const keyOf = ({ correlationId }: BatchMessage): string => correlationId?.toLowerCase() ?? '';

/** The same id in the protocol's other form. */
function inHalves(id: string): Buffer {
  const hex = id.replaceAll('-', '');
  return createWireWriter(32)
    .message(1, (halves) => halves.uint64(1, BigInt(`0x${hex.slice(0, 16)}`)).uint64(2, BigInt(`0x${hex.slice(16)}`)))
    .finish();
}

/** Puts the chunks of one call's appends together. */
export function createBatchAssembly(
  { access, budget, limits }: NodeContext,
  identity: Identity | undefined,
  { expired, refused }: AssemblyDeps,
): BatchAssembly {
  const unfinished = new Map<string, AssembledAppend>();
  let held = 0;

  const hold = (append: AssembledAppend, bytes: number): void => {
    if (!budget.take(bytes)) throw exhausted('too much is being appended at the same time');
    append.heldBytes += bytes;
    held += bytes;
  };
  const release = (append: AssembledAppend): void => {
    budget.give(append.heldBytes);
    held -= append.heldBytes;
    append.heldBytes = 0;
  };
  const remove = (append: AssembledAppend): void => {
    clearTimeout(append.expiry);
    unfinished.delete(append.key);
  };
  const drop = (append: AssembledAppend): void => {
    remove(append);
    release(append);
  };

  const begin = (message: BatchMessage, options: WriteOptions): AssembledAppend => {
    const id = toUuid(message.correlationId);
    const target = toWriteTarget(options);
    if (!access.may(identity, 'write', target.stream)) throw accessDenied();
    const { correlation } = message;
    const { identifier } = options;
    const deadlineMs = Math.min(options.deadlineMs ?? Infinity, Date.now() + UNFINISHED_MS_MAX);
    const append = {
      ...target,
      id,
      key: keyOf(message),
      correlation,
      identifier,
      deadlineMs,
      events: [],
      dataBytes: 0,
      heldBytes: 0,
    };
    hold(append, BASE_BYTES);
    unfinished.set(append.key, append);
    return append;
  };

  const add = (append: AssembledAppend, { events }: BatchMessage): void => {
    for (const message of events) {
      const event = toProposedEvent(message);
      append.dataBytes += event.data.length;
      if (append.dataBytes > limits.appendBytesMax) throw appendTooLarge(limits.appendBytesMax);
      hold(append, heldBytes(event));
      append.events.push(event);
    }
  };

  /** Gives an append up that is not complete at its deadline. */
  const expire = (append: AssembledAppend): void => {
    drop(append);
    // The real server names the request in this other form when it gives up waiting for the rest of it.
    expired({ identifier: append.identifier, correlation: inHalves(append.id) });
  };

  const takeChunk = (message: BatchMessage, begun: AssembledAppend | undefined): AssembledAppend | undefined => {
    const { options } = message;
    const append = begun ?? (options && begin(message, options));
    if (append === undefined) return undefined;
    const leftMs = append.deadlineMs - Date.now();
    if (begun === undefined && message.isFinal && leftMs <= 0) {
      drop(append);
      expired(append);
      return undefined;
    }
    add(append, message);
    if (message.isFinal) remove(append);
    else append.expiry ??= setTimeout(expire, Math.max(0, leftMs), append);
    return message.isFinal ? append : undefined;
  };

  return {
    take(message) {
      const { options, correlation } = message;
      const begun = (): AssembledAppend | undefined => unfinished.get(keyOf(message));
      try {
        return takeChunk(message, begun());
      } catch (thrown) {
        const append = begun();
        if (append !== undefined) drop(append);
        if (options === undefined && isBadEvent(thrown)) throw thrown;
        refused({ correlation, identifier: options?.identifier ?? append?.identifier }, thrown);
        return undefined;
      }
    },
    release,
    close() {
      for (const append of [...unfinished.values()]) drop(append);
    },
    get unfinished() {
      return unfinished.size;
    },
    get heldBytes() {
      return held;
    },
  };
}
