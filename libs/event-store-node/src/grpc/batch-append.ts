import { status, type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Identity } from '../security/access.ts';
import { AppendRefused, createBatchAssembly, remainingMs, type AssembledAppend } from './batch-assembly.ts';
import { batchFailure, batchSuccess, batchWrongVersion, structured } from './batch-response.ts';
import { endWith } from './calls.ts';
import { toRefusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';

/** Encoded already, or not. */
type Answer = BatchAppendResp | Buffer;
type BatchCall = ServerDuplexStream<BatchAppendReq, Answer>;

/** Commits an append and gives its in-band answer. @throws Refusal UNAVAILABLE, which is the whole call's. */
async function commit(context: NodeContext, append: AssembledAppend): Promise<Answer> {
  const { correlation, options, stream, expected, events } = append;
  if (remainingMs(options) <= 0) return batchFailure('Timeout', correlation, options);
  try {
    const outcome = await context.commits.submit({ kind: 'append', stream, expected, events });
    if (outcome.kind === 'done') return batchSuccess(outcome, correlation, options);
    if (outcome.kind === 'stream-deleted') return batchFailure('StreamDeleted', correlation, options);
    return batchWrongVersion(outcome.current, expected, correlation, options);
  } catch (thrown) {
    const why = toRefusal(thrown);
    // The client makes a new connection of an unavailable one; an answer in-band would only fail this append.
    if (why.code === status.UNAVAILABLE) throw why;
    return batchFailure('Unknown', correlation, options, why.details);
  }
}

/** Serves one call. Gives what is to be called when it is over. */
function serve(context: NodeContext, call: BatchCall, identity: Identity | undefined): () => void {
  let submitted = 0;
  let halfClosed = false;
  let over = false;
  const assembly = createBatchAssembly(context, identity, ({ correlation, options }) => {
    // The real server names the request in this other form when it gives up waiting for the rest of it.
    answer(batchFailure('Timeout', structured(correlation), options));
    settle();
  });
  const answer = (response: Answer): void => {
    if (over) return;
    // Who does not read answers is not read from.
    if (!call.write(response)) call.pause();
  };
  const isFull = (): boolean => assembly.heldBytes > context.limits.callBytesInFlightMax;
  const settle = (): void => {
    if (over) return;
    if (!isFull() && !call.writableNeedDrain) call.resume();
    if (halfClosed && submitted === 0 && assembly.unfinished === 0) call.end();
  };
  const complete = (append: AssembledAppend): void => {
    submitted += 1;
    commit(context, append)
      .then(answer, (thrown: unknown) => endWith(call, toRefusal(thrown)))
      .finally(() => {
        submitted -= 1;
        assembly.release(append);
        settle();
      });
  };
  call.on('data', (request: BatchAppendReq) => {
    if (over) return;
    try {
      const append = assembly.take(request);
      if (append !== undefined) complete(append);
    } catch (thrown) {
      if (!(thrown instanceof AppendRefused)) throw thrown;
      answer(batchFailure(thrown.failure, request.getCorrelationId(), thrown.options, thrown.about));
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

/**
 * `Streams.BatchAppend`: many appends on one call, in chunks that may interleave. Every answer is in-band and names its
 * request; a bad append leaves the others alone. Appends are applied in the order in which they became complete.
 */
export const createBatchAppend =
  (context: NodeContext): handleBidiStreamingCall<BatchAppendReq, Answer> =>
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
