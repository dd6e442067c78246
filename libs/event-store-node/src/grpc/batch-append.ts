import { status, type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js';
import type { Identity } from '../security/access.ts';
import type { Outcome } from '../storage/apply-command.ts';
import type { BatchMessage } from '../wire/requests.ts';
import { createBatchAssembly, type AssembledAppend } from './batch-assembly.ts';
import { batchRefusal, batchSuccess, batchTimeout, batchWrongVersion, type Subject } from './batch-response.ts';
import { endWith } from './calls.ts';
import { streamDeleted, toRefusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { createPendingAppends } from './pending-append.ts';

type BatchCall = ServerDuplexStream<BatchMessage, Buffer>;

/** Serves one call. Gives what is to be called when it is over. */
function serve(context: NodeContext, call: BatchCall, identity: Identity | undefined): () => void {
  const { appendBytesMax, callBytesInFlightMax } = context.limits;
  let submitted = 0;
  let halfClosed = false;
  let over = false;
  const answer = (response: Buffer): void => {
    // Who does not read answers is not read from.
    if (!over && !call.write(response)) call.pause();
  };
  const refused = (subject: Subject, thrown: unknown): void =>
    answer(batchRefusal(subject, toRefusal(thrown), appendBytesMax));
  const pending = createPendingAppends(context, identity);
  const assembly = createBatchAssembly({
    ...{ pending, refused },
    expired(subject) {
      answer(batchTimeout(subject));
      settle();
    },
  });
  const isFull = (): boolean => pending.heldBytes > callBytesInFlightMax;
  const settle = (): void => {
    if (over) return;
    if (!isFull() && !call.writableNeedDrain) call.resume();
    if (halfClosed && submitted === 0 && assembly.unfinished === 0) call.end();
  };
  const complete = (append: AssembledAppend): void => {
    submitted += 1;
    const settled = (): void => {
      submitted -= 1;
      pending.release(append.pending);
      settle();
    };
    const { stream, expected, events } = append.pending;
    context.commits.submit({ kind: 'append', stream, expected, events }).then(
      (outcome) => {
        answer(toResponse(append, outcome, appendBytesMax));
        settled();
      },
      (thrown: unknown) => {
        const why = toRefusal(thrown);
        // The client makes a new connection of an unavailable one; an answer in-band would only fail this append.
        if (why.code === status.UNAVAILABLE) endWith(call, why);
        else refused(append.subject, why);
        settled();
      },
    );
  };
  call.on('data', (message: BatchMessage) => {
    if (over) return;
    try {
      const append = assembly.take(message);
      if (append !== undefined) complete(append);
    } catch (thrown) {
      endWith(call, toRefusal(thrown));
    }
    if (isFull()) call.pause();
  });
  call.on('drain', settle);
  call.on('end', () => {
    halfClosed = true;
    settle();
  });
  return () => {
    over = true;
    assembly.close();
  };
}

function toResponse({ subject, pending }: AssembledAppend, outcome: Outcome, appendBytesMax: number): Buffer {
  switch (outcome.kind) {
    case 'done':
      return batchSuccess(subject, outcome.revision, outcome.position);
    case 'wrong-expected-version':
      return batchWrongVersion(subject, outcome.current, pending.expected);
    case 'stream-deleted':
      return batchRefusal(subject, streamDeleted(pending.stream), appendBytesMax);
  }
}

/**
 * `Streams.BatchAppend`: many appends on one call, in chunks that may interleave. Every answer is in-band and names its
 * request; a bad append leaves the others alone. Appends are applied in the order in which they became complete.
 */
export const createBatchAppend =
  (context: NodeContext): handleBidiStreamingCall<BatchMessage, Buffer> =>
  (call) => {
    let stop: (() => void) | undefined;
    let refused = false;
    const forget = context.calls.add((why) => {
      refused = true;
      stop?.();
      endWith(call, why);
    });
    const close = (): void => {
      stop?.();
      forget();
    };
    call.on('cancelled', close);
    call.on('error', close);
    call.on('finish', close);
    context.access.authenticate(call.metadata).then(
      (identity) => {
        if (!refused && !call.cancelled) stop = serve(context, call, identity);
      },
      (thrown: unknown) => endWith(call, toRefusal(thrown)),
    );
  };
