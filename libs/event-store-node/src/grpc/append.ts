import type { handleClientStreamingCall } from '@grpc/grpc-js';
import type { AppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from '../streams/decide-append.ts';
import type { ProposedEvent } from '../storage/apply-command.ts';
import { appendSuccessResponse, appendWrongVersionResponse } from '../wire/responses.ts';
import { appendTooLarge, invalid, streamDeleted, toRefusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { readExpectation, readProposedEvent, readStreamName } from './proposed-event.ts';

/** `Streams.Append`: one append per call, its events one per message. */
export const createAppend =
  (context: NodeContext): handleClientStreamingCall<AppendReq, Buffer> =>
  (call, callback) => {
    const events: ProposedEvent[] = [];
    let target: { readonly stream: string; readonly expected: ExpectedRevision } | undefined;
    let bytes = 0;
    let over = false;

    const finish = (error: unknown, answer?: Buffer): void => {
      if (over) return;
      over = true;
      done();
      if (answer === undefined) callback(toRefusal(error));
      else callback(null, answer);
    };
    const done = context.calls.add((why) => finish(why));

    const take = (request: AppendReq): void => {
      const options = request.getOptions();
      if (options !== undefined) {
        target = {
          stream: readStreamName(options.getStreamIdentifier()),
          expected: readExpectation(options, options.hasRevision() ? options.getRevision() : undefined),
        };
        return;
      }
      const message = request.getProposedMessage();
      if (message === undefined || target === undefined) throw invalid('an append begins with its options');
      bytes += message.getData_asU8().length;
      if (bytes > context.limits.appendBytesMax) throw appendTooLarge(context.limits.appendBytesMax);
      events.push(readProposedEvent(message));
    };

    const append = async (): Promise<Buffer> => {
      if (target === undefined) throw invalid('an append begins with its options');
      const outcome = await context.commits.submit({ kind: 'append', ...target, events });
      switch (outcome.kind) {
        case 'done':
          return appendSuccessResponse(outcome.revision, outcome.position);
        case 'wrong-expected-version':
          return appendWrongVersionResponse(outcome.current, target.expected);
        case 'stream-deleted':
          throw streamDeleted(target.stream);
      }
    };

    call.on('data', (request: AppendReq) => {
      if (over) return;
      try {
        take(request);
      } catch (thrown) {
        events.length = 0;
        finish(thrown);
      }
    });
    call.on('end', () => {
      if (over) return;
      append().then((answer) => finish(undefined, answer), finish);
    });
    call.on('cancelled', () => finish(invalid('cancelled')));
    call.on('error', finish);
  };
