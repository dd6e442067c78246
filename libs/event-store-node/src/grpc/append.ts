import type { handleClientStreamingCall } from '@grpc/grpc-js';
import type { Identity } from '../security/access.ts';
import type { ExpectedRevision } from '../streams/decide-append.ts';
import type { ProposedEvent } from '../storage/apply-command.ts';
import type { AppendMessage } from '../wire/requests.ts';
import { appendSuccessResponse, appendWrongVersionResponse } from '../wire/responses.ts';
import { accessDenied, appendTooLarge, exhausted, invalid, streamDeleted, toRefusal } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { heldBytes, toProposedEvent, toWriteTarget, type WriteTarget } from './write-request.ts';

/** One append as its messages come in. */
interface IncomingAppend {
  /** @throws Refusal for what is malformed, too large, or not allowed. */
  take(message: AppendMessage): void;
  commit(): Promise<Buffer>;
  release(): void;
}

function createIncomingAppend(context: NodeContext, identity: Identity | undefined): IncomingAppend {
  const events: ProposedEvent[] = [];
  const { appendBytesMax, callBytesInFlightMax } = context.limits;
  let target: WriteTarget | undefined;
  /** As the request had it, which is how the answer names it. */
  let named: ExpectedRevision | undefined;
  let dataBytes = 0;
  let held = 0;

  return {
    take({ options, event: message }) {
      if (options !== undefined) {
        const wanted = toWriteTarget(options);
        if (!context.access.may(identity, 'write', wanted.stream)) throw accessDenied();
        target = wanted;
        named = options.expected;
        return;
      }
      if (message === undefined || target === undefined) throw invalid('an append begins with its options');
      const event = toProposedEvent(message);
      dataBytes += event.data.length;
      if (dataBytes > appendBytesMax) throw appendTooLarge(appendBytesMax);
      const bytes = heldBytes(event);
      if (held + bytes > callBytesInFlightMax || !context.budget.take(bytes))
        throw exhausted('too much is being appended at the same time');
      held += bytes;
      events.push(event);
    },
    async commit() {
      if (target === undefined) throw invalid('an append begins with its options');
      const outcome = await context.commits.submit({ kind: 'append', ...target, events });
      switch (outcome.kind) {
        case 'done':
          return appendSuccessResponse(outcome.revision, outcome.position);
        case 'wrong-expected-version':
          return appendWrongVersionResponse(outcome.current, named ?? target.expected);
        case 'stream-deleted':
          throw streamDeleted(target.stream);
      }
    },
    release() {
      context.budget.give(held);
      held = 0;
    },
  };
}

/** `Streams.Append`: one append per call, its events one per message. */
export const createAppend =
  (context: NodeContext): handleClientStreamingCall<AppendMessage, Buffer> =>
  (call, callback) => {
    let incoming: IncomingAppend | undefined;
    let over = false;
    const finish = (error: unknown, answer?: Buffer): void => {
      if (over) return;
      over = true;
      incoming?.release();
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
      const append = createIncomingAppend(context, identity);
      incoming = append;
      call.on('data', (message: AppendMessage) => {
        if (over) return;
        try {
          append.take(message);
        } catch (thrown) {
          finish(thrown);
        }
      });
      call.on('end', () => {
        if (!over) append.commit().then((answer) => finish(undefined, answer), finish);
      });
    };
    context.access.authenticate(call.metadata).then(receive, finish);
  };
