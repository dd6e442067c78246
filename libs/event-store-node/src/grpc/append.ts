import type { handleClientStreamingCall } from '@grpc/grpc-js';
import type { Identity } from '../security/access.ts';
import type { AppendMessage, WriteOptions } from '../wire/requests.ts';
import { appendSuccessResponse, appendWrongVersionResponse } from '../wire/responses.ts';
import { invalid, streamDeleted, toRefusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { createPendingAppends, type PendingAppend } from './pending-append.ts';

async function commit({ commits }: NodeContext, append: PendingAppend, options: WriteOptions): Promise<Buffer> {
  const { stream, expected, events } = append;
  const outcome = await commits.submit({ kind: 'append', stream, expected, events });
  switch (outcome.kind) {
    case 'done':
      return appendSuccessResponse(outcome.revision, outcome.position);
    case 'wrong-expected-version':
      // Named as the request had it: 2^64-1 is not "no stream" here.
      return appendWrongVersionResponse(outcome.current, options.expected ?? expected);
    case 'stream-deleted':
      throw streamDeleted(stream);
  }
}

/** `Streams.Append`: one append per call, its events one per message. */
export const createAppend =
  (context: NodeContext): handleClientStreamingCall<AppendMessage, Buffer> =>
  (call, callback) => {
    let release: (() => void) | undefined;
    let over = false;
    const finish = (error: unknown, answer?: Buffer): void => {
      if (over) return;
      over = true;
      release?.();
      done?.();
      if (answer === undefined) callback(toRefusal(error));
      else callback(null, answer);
    };
    // eslint-disable-next-line prefer-const -- `add` may call back before it returns
    let done: (() => void) | undefined;
    done = context.calls.add(finish);
    call.on('cancelled', () => finish(invalid('cancelled')));
    call.on('error', finish);

    const receive = (identity: Identity | undefined): void => {
      if (over) return;
      const pending = createPendingAppends(context, identity);
      let begun: { readonly append: PendingAppend; readonly options: WriteOptions } | undefined;
      release = () => {
        if (begun !== undefined) pending.release(begun.append);
      };
      const take = ({ options, event }: AppendMessage): void => {
        if (begun === undefined && options !== undefined) begun = { append: pending.begin(options), options };
        else if (begun !== undefined && event !== undefined) pending.add(begun.append, [event]);
        else throw invalid('an append begins with its options, and goes on with events');
      };
      call.on('data', (message: AppendMessage) => {
        if (over) return;
        try {
          take(message);
        } catch (thrown) {
          finish(thrown);
        }
      });
      call.on('end', () => {
        if (over) return;
        if (begun === undefined) finish(invalid('an append begins with its options'));
        else commit(context, begun.append, begun.options).then((answer) => finish(undefined, answer), finish);
      });
    };
    context.access.authenticate(call.metadata).then(receive, finish);
  };
