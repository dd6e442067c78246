import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import { messageOf } from '@mooring/kernel';
import type { Identity } from '../security/access.ts';
import type { ExpectedRevision } from '../streams/decide-append.ts';
import type { ProposedEvent } from '../storage/apply-command.ts';
import type { BatchOptions, FailureName } from './batch-response.ts';
import type { NodeContext } from './node-context.ts';
import { heldBytes, readExpectation, readProposedEvent, readStreamName } from './proposed-event.ts';

/** How long an append without a deadline may stay unfinished, as on a real server. */
const DEADLINE_BY_DEFAULT_MS = 2000;
const DEADLINE_MAX_MS = 60_000;
/** What an append costs before it has an event. */
const BASE_BYTES = 512;

/** An append of which some or all chunks have come. */
export interface AssembledAppend {
  readonly correlation: UUID | undefined;
  readonly options: BatchOptions;
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: ProposedEvent[];
  dataBytes: number;
  heldBytes: number;
  expiry?: NodeJS.Timeout;
}

/** An append that is refused; the others on its call are not. */
export class AppendRefused extends Error {
  readonly failure: FailureName;
  readonly about: string | number;
  readonly options: BatchOptions | undefined;
  constructor(failure: FailureName, options: BatchOptions | undefined, about: string | number = '') {
    super(failure);
    this.failure = failure;
    this.options = options;
    this.about = about;
  }
}

/** Negative once the deadline has passed. */
export const remainingMs = (options: BatchOptions): number =>
  options.hasDeadline()
    ? Math.min(DEADLINE_MAX_MS, (options.getDeadline()?.toDate().getTime() ?? 0) - Date.now())
    : DEADLINE_BY_DEFAULT_MS;

export interface BatchAssembly {
  /**
   * The append that this chunk completes. Nothing if there is more to come, or if the chunk belongs to no append (one that
   * was refused before, or one that never said what it is): such get no answer on a real server either.
   *
   * @throws AppendRefused
   */
  take(request: BatchAppendReq): AssembledAppend | undefined;
  /** To be called once a completed append was answered. */
  release(append: AssembledAppend): void;
  /** Drops what is unfinished. */
  close(): void;
  readonly unfinished: number;
  /** Bytes of appends that were not released. */
  readonly heldBytes: number;
}

const keyOf = (correlation: UUID | undefined): string => {
  if (correlation === undefined) return '';
  return correlation.hasString() ? correlation.getString() : `\0${correlation.getStructured()?.toString() ?? ''}`;
};

/** Puts the chunks of one call's appends together. `expired` is told of each that was not complete at its deadline. */
export function createBatchAssembly(
  { access, budget, limits }: NodeContext,
  identity: Identity | undefined,
  expired: (append: AssembledAppend) => void,
): BatchAssembly {
  const unfinished = new Map<string, AssembledAppend>();
  let held = 0;

  const hold = (append: AssembledAppend, bytes: number): void => {
    if (!budget.take(bytes)) throw new AppendRefused('Unknown', append.options);
    append.heldBytes += bytes;
    held += bytes;
  };
  const release = (append: AssembledAppend): void => {
    budget.give(append.heldBytes);
    held -= append.heldBytes;
    append.heldBytes = 0;
  };
  const drop = (append: AssembledAppend): void => {
    clearTimeout(append.expiry);
    unfinished.delete(keyOf(append.correlation));
    release(append);
  };

  const begin = (correlation: UUID | undefined, options: BatchOptions): AssembledAppend => {
    const stream = readStreamName(options.getStreamIdentifier());
    if (!access.may(identity, 'write', stream)) throw new AppendRefused('AccessDenied', options);
    const revision = options.hasStreamPosition() ? options.getStreamPosition() : undefined;
    const expected = readExpectation(options, revision);
    const append: AssembledAppend = { correlation, options, stream, expected, events: [], dataBytes: 0, heldBytes: 0 };
    hold(append, BASE_BYTES);
    unfinished.set(keyOf(correlation), append);
    return append;
  };

  /** Gives an append up that is not complete at its deadline. */
  const expire = (append: AssembledAppend): void => {
    append.expiry ??= setTimeout(
      () => {
        drop(append);
        expired(append);
      },
      Math.max(0, remainingMs(append.options)),
    );
  };

  const add = (append: AssembledAppend, request: BatchAppendReq): void => {
    for (const message of request.getProposedMessagesList()) {
      const event = readProposedEvent(message);
      append.dataBytes += event.data.length;
      if (append.dataBytes > limits.appendBytesMax)
        throw new AppendRefused('MaximumAppendSizeExceeded', append.options, limits.appendBytesMax);
      hold(append, heldBytes(event));
      append.events.push(event);
    }
  };

  return {
    take(request) {
      const key = keyOf(request.getCorrelationId());
      const options = unfinished.get(key)?.options ?? request.getOptions();
      if (options === undefined) return undefined;
      try {
        const append = unfinished.get(key) ?? begin(request.getCorrelationId(), options);
        add(append, request);
        if (!request.getIsFinal()) {
          expire(append);
          return undefined;
        }
        clearTimeout(append.expiry);
        unfinished.delete(key);
        return append;
      } catch (thrown) {
        const begun = unfinished.get(key);
        if (begun !== undefined) drop(begun);
        throw thrown instanceof AppendRefused ? thrown : new AppendRefused('BadRequest', options, messageOf(thrown));
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
