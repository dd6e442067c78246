import { status, type handleBidiStreamingCall } from '@grpc/grpc-js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import type { ExpectedRevision } from '../streams/decide-append.ts';
import type { ProposedEvent } from '../storage/apply-command.ts';
import { batchFailure, batchSuccess, batchWrongVersion, structured, type BatchOptions } from './batch-response.ts';
import { endWith } from './calls.ts';
import { messageOf } from '@mooring/kernel';
import { toRefusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { readExpectation, readProposedEvent, readStreamName } from './proposed-event.ts';

/** How long an append without a deadline may stay unfinished, as on a real server. */
const DEADLINE_BY_DEFAULT_MS = 2000;
const DEADLINE_MAX_MS = 60_000;

/** An append of which not every chunk has come. */
interface Unfinished {
  readonly correlation: UUID | undefined;
  readonly options: BatchOptions;
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: ProposedEvent[];
  /** Counted against the append size. */
  dataBytes: number;
  /** Counted against what may be in flight. */
  bytes: number;
  readonly expiry: NodeJS.Timeout;
}

const correlationKey = (correlation: UUID | undefined): string =>
  correlation === undefined ? '' : Buffer.from(correlation.serializeBinary()).toString('hex');

const remainingMs = (options: BatchOptions): number =>
  options.hasDeadline()
    ? Math.min(DEADLINE_MAX_MS, (options.getDeadline()?.toDate().getTime() ?? 0) - Date.now())
    : DEADLINE_BY_DEFAULT_MS;

/**
 * `Streams.BatchAppend`: many appends on one call, in chunks that may interleave. Every answer is in-band and names its
 * request; a bad append leaves the others alone. Appends are applied in the order in which they became complete.
 */
export const createBatchAppend =
  (context: NodeContext): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> =>
  (call) => {
    const unfinished = new Map<string, Unfinished>();
    let submitted = 0;
    let bytesInFlight = 0;
    let halfClosed = false;
    let over = false;

    const close = (): void => {
      over = true;
      for (const { expiry } of unfinished.values()) clearTimeout(expiry);
      unfinished.clear();
      done();
    };
    const done = context.calls.add((why) => {
      close();
      endWith(call, why);
    });
    const settle = (): void => {
      if (bytesInFlight <= context.limits.batchBytesInFlightMax && !call.writableNeedDrain) call.resume();
      if (!halfClosed || submitted > 0 || unfinished.size > 0 || over) return;
      close();
      call.end();
    };
    const answer = (response: BatchAppendResp): void => {
      if (over) return;
      // Who does not read answers is not read from.
      if (!call.write(response)) call.pause();
    };
    const drop = (append: Unfinished): void => {
      clearTimeout(append.expiry);
      unfinished.delete(correlationKey(append.correlation));
      bytesInFlight -= append.bytes;
    };

    const begin = (request: BatchAppendReq, options: BatchOptions): Unfinished => {
      const correlation = request.getCorrelationId();
      const append: Unfinished = {
        correlation,
        options,
        stream: readStreamName(options.getStreamIdentifier()),
        expected: readExpectation(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined),
        events: [],
        dataBytes: 0,
        bytes: 0,
        expiry: setTimeout(
          () => {
            drop(append);
            // The real server names the request in this other form when it gives up waiting for the rest of it.
            answer(batchFailure('Timeout', structured(correlation), options));
            settle();
          },
          Math.max(0, remainingMs(options)),
        ),
      };
      unfinished.set(correlationKey(correlation), append);
      return append;
    };

    const submit = async (append: Unfinished): Promise<void> => {
      const { correlation, options, stream, expected, events } = append;
      if (remainingMs(options) <= 0) {
        answer(batchFailure('Timeout', correlation, options));
        return;
      }
      try {
        const outcome = await context.commits.submit({ kind: 'append', stream, expected, events });
        if (outcome.kind === 'done') answer(batchSuccess(outcome, correlation, options));
        else if (outcome.kind === 'stream-deleted') answer(batchFailure('StreamDeleted', correlation, options));
        else answer(batchWrongVersion(outcome.current, expected, correlation, options));
      } catch (thrown) {
        const why = toRefusal(thrown);
        // The client makes a new connection of an unavailable one; an answer in-band would only fail this append.
        if (why.code === status.UNAVAILABLE) endWith(call, why);
        else answer(batchFailure('Unknown', correlation, options, why.details));
      }
    };

    const take = (request: BatchAppendReq): void => {
      const correlation = request.getCorrelationId();
      const known = unfinished.get(correlationKey(correlation));
      const options = request.getOptions();
      // Chunks of an append that was refused already, and what never said what it is, get no answer.
      if (known === undefined && options === undefined) return;
      const append = known ?? begin(request, options as BatchOptions);
      for (const message of request.getProposedMessagesList()) {
        const event = readProposedEvent(message);
        append.dataBytes += event.data.length;
        append.events.push(event);
        append.bytes += event.data.length + event.metadata.length + event.type.length + 64;
        bytesInFlight += event.data.length + event.metadata.length + event.type.length + 64;
      }
      if (append.dataBytes > context.limits.appendBytesMax) {
        drop(append);
        answer(batchFailure('MaximumAppendSizeExceeded', correlation, append.options, context.limits.appendBytesMax));
        return;
      }
      if (!request.getIsFinal()) return;
      clearTimeout(append.expiry);
      unfinished.delete(correlationKey(correlation));
      submitted += 1;
      void submit(append).finally(() => {
        submitted -= 1;
        bytesInFlight -= append.bytes;
        settle();
      });
    };

    call.on('data', (request: BatchAppendReq) => {
      if (over) return;
      const known = unfinished.get(correlationKey(request.getCorrelationId()));
      try {
        take(request);
      } catch (thrown) {
        const begun = known ?? unfinished.get(correlationKey(request.getCorrelationId()));
        if (begun !== undefined) drop(begun);
        answer(
          batchFailure(
            'BadRequest',
            request.getCorrelationId(),
            begun?.options ?? request.getOptions(),
            messageOf(thrown),
          ),
        );
      }
      if (bytesInFlight > context.limits.batchBytesInFlightMax) call.pause();
    });
    call.on('drain', settle);
    call.on('end', () => {
      halfClosed = true;
      settle();
    });
    call.on('cancelled', close);
    call.on('error', close);
  };
