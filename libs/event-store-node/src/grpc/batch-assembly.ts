import { status } from '@grpc/grpc-js';
import { createWireWriter } from '../wire/protobuf.ts';
import type { BatchMessage } from '../wire/requests.ts';
import type { Subject } from './batch-response.ts';
import { Refusal } from './errors.ts';
import type { PendingAppend, PendingAppends } from './pending-append.ts';
import { toUuid } from './write-request.ts';

/** How long an append may stay unfinished at most, as on a real server; a deadline can make it less. */
const UNFINISHED_MS_MAX = 2000;

/** An append of which some or all chunks have come. */
export interface AssembledAppend {
  readonly subject: Subject;
  readonly pending: PendingAppend;
  readonly deadlineMs: number;
  expiry?: NodeJS.Timeout;
}

/** Who is told of appends that will not be made. */
export interface AssemblyDeps {
  readonly pending: PendingAppends;
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
  /** Drops what is unfinished. */
  close(): void;
  readonly unfinished: number;
}

const isBadEvent = (why: unknown): boolean =>
  why instanceof Refusal &&
  why.code === status.INVALID_ARGUMENT &&
  why.metadata.get('maximum-append-size').length === 0;

/** The same id in the protocol's other form. */
function inHalves(id: string): Buffer {
  const hex = id.replaceAll('-', '');
  return createWireWriter(32)
    .message(1, (halves) => halves.uint64(1, BigInt(`0x${hex.slice(0, 16)}`)).uint64(2, BigInt(`0x${hex.slice(16)}`)))
    .finish();
}

/** Puts the chunks of one call's appends together. */
export function createBatchAssembly({ pending, expired, refused }: AssemblyDeps): BatchAssembly {
  const unfinished = new Map<string, AssembledAppend>();

  const drop = (key: string): void => {
    const append = unfinished.get(key);
    if (append === undefined) return;
    clearTimeout(append.expiry);
    unfinished.delete(key);
    pending.release(append.pending);
  };

  /** Gives an append up that is not complete at its deadline. */
  const expire = (key: string, { identifier }: Subject): void => {
    drop(key);
    // The real server names the request in this other form when it gives up waiting for the rest of it.
    expired({ identifier, correlation: inHalves(toUuid(key)) });
  };

  const begin = (key: string, { correlation, options }: BatchMessage): AssembledAppend | undefined => {
    if (options === undefined) return undefined;
    toUuid(key);
    const deadlineMs = Math.min(options.deadlineMs ?? Infinity, Date.now() + UNFINISHED_MS_MAX);
    const append = {
      ...{ subject: { correlation, identifier: options.identifier }, pending: pending.begin(options), deadlineMs },
    };
    unfinished.set(key, append);
    return append;
  };

  const takeChunk = (key: string, message: BatchMessage): AssembledAppend | undefined => {
    const begun = unfinished.get(key);
    const append = begun ?? begin(key, message);
    if (append === undefined) return undefined;
    const leftMs = append.deadlineMs - Date.now();
    if (begun === undefined && message.isFinal && leftMs <= 0) {
      drop(key);
      expired(append.subject);
      return undefined;
    }
    pending.add(append.pending, message.events);
    if (!message.isFinal) {
      append.expiry ??= setTimeout(expire, Math.max(0, leftMs), key, append.subject);
      return undefined;
    }
    clearTimeout(append.expiry);
    unfinished.delete(key);
    return append;
  };

  return {
    take(message) {
      const key = message.correlationId?.toLowerCase() ?? '';
      try {
        return takeChunk(key, message);
      } catch (thrown) {
        const { correlation, options } = message;
        const identifier = options?.identifier ?? unfinished.get(key)?.subject.identifier;
        drop(key);
        if (options === undefined && isBadEvent(thrown)) throw thrown;
        refused({ correlation, identifier }, thrown);
        return undefined;
      }
    },
    close() {
      for (const key of [...unfinished.keys()]) drop(key);
    },
    get unfinished() {
      return unfinished.size;
    },
  };
}
