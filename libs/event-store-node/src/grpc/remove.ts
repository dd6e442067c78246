import type { handleUnaryCall, Metadata } from '@grpc/grpc-js';
import type { RemoveMessage } from '../wire/requests.ts';
import { removedResponse } from '../wire/responses.ts';
import { accessDenied, invalid, streamDeleted, toRefusal, wrongExpectedVersion } from './errors.ts';
import type { NodeContext } from './node-context.ts';
import { toWriteTarget } from './write-request.ts';

async function remove(
  context: NodeContext,
  kind: 'delete' | 'tombstone',
  metadata: Metadata,
  { options }: RemoveMessage,
): Promise<Buffer> {
  const identity = await context.access.authenticate(metadata);
  if (options === undefined) throw invalid(`a ${kind} needs options`);
  const { stream, expected } = toWriteTarget(options);
  if (!context.access.may(identity, 'delete', stream)) throw accessDenied();
  const outcome = await context.commits.submit({ kind, stream, expected });
  switch (outcome.kind) {
    case 'done':
      return removedResponse(outcome.position);
    case 'wrong-expected-version':
      throw wrongExpectedVersion(stream, expected, outcome.current);
    case 'stream-deleted':
      throw streamDeleted(stream);
  }
}

/**
 * `Streams.Delete`, after which what was appended is hidden and the stream may come back, or `Streams.Tombstone`, after
 * which it is gone for ever.
 */
export const createRemove =
  (context: NodeContext, kind: 'delete' | 'tombstone'): handleUnaryCall<RemoveMessage, Buffer> =>
  (call, callback) => {
    remove(context, kind, call.metadata, call.request).then(
      (answer) => callback(null, answer),
      (thrown: unknown) => callback(toRefusal(thrown)),
    );
  };
